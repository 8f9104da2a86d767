// The code stands here as a reader would write it.
#pragma warning disable xUnit1051
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The server of docs/browser-based.md, and the calls of its page.
/// </summary>
public sealed class BrowserBasedExamples : IAsyncLifetime
{
    private readonly CookieContainer _cookies = new();
    private BinanceEmulator _binance = null!;
    private WebApplication _app = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance()
            .AddBinanceServerSessions();
        builder.Services.AddAuthorization();
        builder.Services
            .AddHttpClient("binance", (services, client) =>
            {
                var binance = services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);
                client.BaseAddress = new Uri(binance.UserInformationEndpoint);
            })
            .AddBinanceAccessToken();

        builder.Services.UseEmulator(_binance);
        var app = _app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAuthentication();
        app.UseAuthorization();

        app.UseFileServer();
        app.MapGroup("/auth").MapBinanceLogin();

        var api = app.MapGroup("/api").RequireAuthorization().DisableCookieRedirect();

        // No form, and no page of another origin, can send this header.
        api.AddEndpointFilter(async (invocation, next) =>
            HttpMethods.IsGet(invocation.HttpContext.Request.Method) || invocation.HttpContext.Request.Headers["X-CSRF"] == "1"
                ? await next(invocation)
                : Results.BadRequest());

        api.MapGet("/account", (IHttpClientFactory clients, CancellationToken cancellationToken)
            => clients.CreateClient("binance").GetFromJsonAsync<JsonElement>("/oauth-api/v1/user-info", cancellationToken));

        api.MapPost("/change", () => Results.NoContent());
        app.MapGet("/", () => "the page");
        await app.StartAsync(Token);
        _browser = new HttpClient(new HttpClientHandler { CookieContainer = _cookies }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _binance.DisposeAsync();
    }

    [Fact]
    public async Task The_page_signs_in_calls_and_signs_out()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/auth/user")).Status);
        Assert.Equal("the page", (await SendAsync(HttpMethod.Get, "/auth/login?returnUrl=%2F")).Body);

        Assert.Contains(BinanceEmulatorDefaults.UserId, (await SendAsync(HttpMethod.Get, "/auth/user")).Body, StringComparison.Ordinal);
        Assert.Contains(BinanceEmulatorDefaults.UserId, (await SendAsync(HttpMethod.Get, "/api/account")).Body, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Post, "/auth/logout", ("X-CSRF", "1"), ("Sec-Fetch-Site", "same-origin"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/auth/user")).Status);
        Assert.Empty(_binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task The_api_is_unauthorized_for_anonymous_visitors_and_needs_the_header_for_a_change()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/api/account")).Status);
        await SendAsync(HttpMethod.Get, "/auth/login");

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "/api/change")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Post, "/api/change", ("X-CSRF", "1"))).Status);
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _browser.SendAsync(request, Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
