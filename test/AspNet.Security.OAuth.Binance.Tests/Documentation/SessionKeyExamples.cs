using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// Sessions on the server by one more line, and the end of everybody's sessions, as docs/sessions.md has it.
/// </summary>
public sealed class SessionKeyExamples : IDisposable
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("keys-");

    public void Dispose() => _keys.Delete(recursive: true);

    [Fact]
    public async Task One_more_line_keeps_sessions_on_the_server()
    {
        await using var binance = await StartBinanceAsync();
        await using var app = await StartAsync(binance, onServer: true);

        var cookie = app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);

        Assert.NotNull(cookie.SessionStore);
        using var browser = new ReadmeBrowser(new Uri(app.Urls.Single()));
        Assert.Equal("True", (await browser.OpenAsync("/login")).Html);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keys_that_are_revoked_end_the_sessions_of_all_users(bool onServer)
    {
        await using var binance = await StartBinanceAsync();
        var cache = new SharedStore(TimeProvider.System);
        await using var app = await StartAsync(binance, onServer, cache);
        using var browser = new ReadmeBrowser(new Uri(app.Urls.Single()));
        Assert.Equal("True", (await browser.OpenAsync("/login")).Html);
        await using (var another = await StartAsync(binance, onServer, cache))
        {
            Assert.Equal("True", (await browser.OpenAsync(another.Urls.Single() + "/who")).Html);
        }

        app.Services.GetRequiredService<IKeyManager>().RevokeAllKeys(TimeProvider.System.GetUtcNow(), "All sessions end.");

        await using var next = await StartAsync(binance, onServer, cache);
        Assert.Equal("False", (await browser.OpenAsync(next.Urls.Single() + "/who")).Html);
        Assert.Equal("True", (await browser.OpenAsync(next.Urls.Single() + "/login")).Html);
    }

    private static Task<BinanceEmulator> StartBinanceAsync()
        => BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);

    private async Task<WebApplication> StartAsync(BinanceEmulator binance, bool onServer, SharedStore? cache = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().PersistKeysToFileSystem(_keys);
        if (cache is not null)
        {
            builder.Services.AddSingleton<IDistributedCache>(cache);
        }

        if (onServer)
        {
            builder.Services
                .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
                .AddCookie()
                .AddBinance()
                .AddBinanceServerSessions();
        }
        else
        {
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance();
        }

        builder.Services.UseEmulator(binance);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAuthentication();
        app.MapGet("/login", () => Results.Challenge(new() { RedirectUri = "/who" }, [BinanceAuthenticationDefaults.AuthenticationScheme]));
        app.MapGet("/who", (HttpContext context) => $"{context.User.Identity is { IsAuthenticated: true }}");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
