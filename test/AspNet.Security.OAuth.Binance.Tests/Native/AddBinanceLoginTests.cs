using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The login as a service of an application.
/// </summary>
public sealed class AddBinanceLoginTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Services_of_the_application_are_the_defaults_of_the_options()
    {
        await using var app = await NativeApp.StartAsync();
        await using var provider = Build(Services(app)
            .AddSingleton<IBinanceBrowser>(app.Browser)
            .AddSingleton<IBinanceTokenStore>(app.Store)
            .AddSingleton<TimeProvider>(app.Clock));

        var session = await provider.GetRequiredService<BinanceLogin>().SignInAsync(Stop);

        Assert.Single(app.Browser.Opened);
        Assert.NotNull(app.Store.Text);
        Assert.Equal(app.Clock.GetUtcNow() + NativeApp.Lifetime, session.AccessTokenExpiresAt);
    }

    [Fact]
    public async Task Options_override_services()
    {
        await using var app = await NativeApp.StartAsync();
        using var browser = new ScriptedBrowser();
        var store = new TestStore();
        await using var provider = Build(Services(app, options => (options.Browser, options.TokenStore, options.TimeProvider) = (app.Browser, app.Store, app.Clock))
            .AddSingleton<IBinanceBrowser>(browser)
            .AddSingleton<IBinanceTokenStore>(store)
            .AddSingleton(TimeProvider.System));

        var session = await provider.GetRequiredService<BinanceLogin>().SignInAsync(Stop);

        Assert.Empty(browser.Opened);
        Assert.Null(store.Text);
        Assert.Equal(app.Clock.GetUtcNow() + NativeApp.Lifetime, session.AccessTokenExpiresAt);
    }

    [Fact]
    public async Task Login_is_a_singleton_with_the_options_of_every_call()
    {
        await using var app = await NativeApp.StartAsync();
        var services = Services(app, options => options.Scope.Add("user:email")).AddBinanceLogin(options => options.Locale = "tr");
        services.Configure<BinanceLoginOptions>(options => options.AdditionalAuthorizationParameters["bundleID"] = "com.example.app");
        await using var provider = Build(services);
        await using var scope = provider.CreateAsyncScope();

        var login = provider.GetRequiredService<BinanceLogin>();
        var url = login.BeginSignIn().Url;

        Assert.Same(login, scope.ServiceProvider.GetRequiredService<BinanceLogin>());
        Assert.Single(services, service => service.ServiceType == typeof(BinanceLogin));
        Assert.Equal("/tr/oauth/authorize", url.AbsolutePath);
        Assert.Contains("bundleID=com.example.app", url.Query, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString("user:openId,user:email"), url.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_of_the_application_is_kept(bool isFirst)
    {
        await using var app = await NativeApp.StartAsync();
        var services = new ServiceCollection();
        if (isFirst)
        {
            services.AddSingleton<BinanceLogin>(new OwnLogin());
        }

        services.AddBinanceLogin(options => options.ClientId = "client");
        if (!isFirst)
        {
            services.AddSingleton<BinanceLogin>(new OwnLogin());
        }

        await using var provider = Build(services);

        Assert.IsType<OwnLogin>(provider.GetRequiredService<BinanceLogin>());
    }

    [Fact]
    public void Option_that_cannot_be_used_is_named_when_the_login_is_requested()
    {
        using var provider = Build(new ServiceCollection().AddBinanceLogin(_ => { }));

        var exception = Assert.Throws<ArgumentException>(() => provider.GetRequiredService<BinanceLogin>());

        Assert.Contains(nameof(BinanceLoginOptions.ClientId), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>("services", () => BinanceLoginServiceCollectionExtensions.AddBinanceLogin(null!, _ => { }));
        Assert.Throws<ArgumentNullException>("configure", () => new ServiceCollection().AddBinanceLogin(null!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Provider_that_is_disposed_disposes_the_login(bool isAsynchronous)
    {
        await using var app = await NativeApp.StartAsync();
        app.Browser.OnOpen = ScriptedBrowser.StayOpenAsync;
        var provider = Build(Services(app, options => options.Browser = app.Browser));
        var login = provider.GetRequiredService<BinanceLogin>();
        var signIn = login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(1);

        if (isAsynchronous)
        {
            await provider.DisposeAsync();
        }
        else
        {
            // An application may dispose of its provider synchronously.
#pragma warning disable CA1849 // Call async methods when in an async method
            provider.Dispose();
#pragma warning restore CA1849
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        Assert.True(app.Browser.CloseRequested.IsCancellationRequested);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => login.GetSessionAsync(Stop));
    }

    [Fact]
    public async Task Logger_of_the_application_is_used()
    {
        await using var app = await NativeApp.StartAsync();
        using var logs = new FakeLoggerProvider();
        await using var provider = Build(Services(app, options => options.Browser = app.Browser)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs)));
        var login = provider.GetRequiredService<BinanceLogin>();

        await login.SignInAsync(Stop);
        app.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));
        await login.SignOutAsync(Stop);

        var entries = logs.Collector.GetSnapshot();
        Assert.All(entries, entry => Assert.Equal(typeof(BinanceLogin).FullName, entry.Category));
        Assert.Equal(["SignedIn", "SignedOut", "RevocationFailed"], entries.Select(entry => entry.Id.Name));
        Assert.Equal([LogLevel.Information, LogLevel.Information, LogLevel.Warning], entries.Select(entry => entry.Level));
    }

    private static IServiceCollection Services(NativeApp app, Action<BinanceLoginOptions>? configure = null)
        => new ServiceCollection().AddBinanceLogin(options =>
        {
            (options.ClientId, options.RedirectUri, options.Endpoints) = (NativeApp.ClientId, NativeApp.RedirectUri, BinanceEndpoints.At(app.Binance.BaseAddress));
            configure?.Invoke(options);
        });

    private static ServiceProvider Build(IServiceCollection services)
        => services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    private sealed class OwnLogin : BinanceLogin;
}
