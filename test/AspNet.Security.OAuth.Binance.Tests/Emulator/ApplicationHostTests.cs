using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The emulator in an application's own host.</summary>
public sealed class ApplicationHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_emulator_runs_in_an_application_and_does_not_affect_its_pages()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(app =>
        {
            app.MapBinanceEmulator();
            app.MapGet("/", () => "home");
        });
        var emulator = application.Emulator;
        using var visitor = new Visitor(application.Http);

        var form = await visitor.OpenConsentAsync();
        using var redirect = await visitor.DecideAsync(form, "authorize");
        using var tokens = await visitor.RedeemAsync(Visitor.RedirectParameters(redirect)["code"]);
        using var userInfo = await visitor.UserInfoAsync((await Visitor.TokensAsync(tokens)).AccessToken);

        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
        Assert.Single(emulator.Tokens.AccessTokens);
        Assert.Equal("home", await visitor.Http.GetStringAsync("/", Cancellation));
        Assert.Contains("Binance emulator", await visitor.Http.GetStringAsync("/emulator", Cancellation), StringComparison.Ordinal);
        using var unknown = await visitor.Http.GetAsync("/nothing", Cancellation);
        Assert.Equal("", await unknown.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_pages_use_the_prefix_of_a_group()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(app => app.MapGroup("/binance").MapBinanceEmulator());
        using var visitor = new Visitor(application.Http);

        using var response = await visitor.Http.GetAsync("/binance" + Visitor.AuthorizeUrl(), Cancellation);

        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("href=\"/binance/emulator.css\"", html, StringComparison.Ordinal);
        Assert.Contains("action=\"/binance/en/oauth/authorize?", html, StringComparison.Ordinal);
        using var style = await visitor.Http.GetAsync("/binance/emulator.css", Cancellation);
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_base_address_in_an_application_throws()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();

        var exception = Assert.Throws<InvalidOperationException>(() => application.Emulator.BaseAddress);

        Assert.Contains("AddBinanceEmulator", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.7", HttpStatusCode.Forbidden)]
    [InlineData("::ffff:203.0.113.7", HttpStatusCode.Forbidden)]
    [InlineData("2001:db8::1", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("::ffff:127.0.0.1", HttpStatusCode.OK)]
    [InlineData("::1", HttpStatusCode.OK)]
    public async Task Only_this_machine_is_served(string address, HttpStatusCode status)
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();

        var context = await application.SendAsync("GET", "/emulator", request => request.Connection.RemoteIpAddress = IPAddress.Parse(address));

        Assert.Equal((int)status, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Staging", false)]
    public async Task Mapping_throws_in_Production_only(string environment, bool throws)
    {
        var exception = await Record.ExceptionAsync(async () => await (await GuardedApplication.StartInMemoryAsync(environment: environment)).DisposeAsync());

        Assert.Equal(throws, exception is not null);
        Assert.True(!throws || exception is InvalidOperationException { Message: var message } && message.Contains("AllowProduction", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AllowProduction_allows_mapping_in_Production()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(environment: "Production", configure: options => options.AllowProduction = true);
        using var visitor = new Visitor(application.Http);

        using var response = await visitor.AuthorizeAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Mapping_without_adding_throws_with_the_missing_call()
    {
        await using var application = WebApplication.CreateBuilder().Build();

        var exception = Assert.Throws<InvalidOperationException>(() => application.MapBinanceEmulator());

        Assert.Contains("AddBinanceEmulator", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_twice_configures_one_emulator()
    {
        var services = new ServiceCollection();
        services.AddBinanceEmulator(options => options.AutoApprove = true).AddBinanceEmulator(options => options.MaxCodes = 5);

        using var provider = services.BuildServiceProvider();

        var emulator = Assert.Single(provider.GetServices<BinanceEmulator>());
        Assert.Equal((true, 5), (emulator.Options.AutoApprove, emulator.Options.MaxCodes));
    }

    [Fact]
    public async Task A_fallback_policy_of_the_application_does_not_apply()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync(services: GuardedApplication.RequireSignIn);
        using var visitor = new Visitor(application.Http);

        using var response = await visitor.AuthorizeAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Nothing_secret_is_logged()
    {
        using var log = new RecordingLog();
        await using var application = await GuardedApplication.StartInMemoryAsync(services: services => services.AddLogging(logging => logging
            .SetMinimumLevel(LogLevel.None).AddFilter("AspNet.Security.OAuth.Binance", LogLevel.Trace).AddProvider(log)));
        using var visitor = new Visitor(application.Http);

        var code = await visitor.GetCodeAsync();
        using var tokenResponse = await visitor.RedeemAsync(code);
        var (accessToken, refreshToken) = await Visitor.TokensAsync(tokenResponse);
        using var refused = await visitor.RedeemAsync(code);
        using var userInfo = await visitor.UserInfoAsync(accessToken);

        var text = string.Join('\n', log.Messages);
        Assert.Contains("Authorize responded with 302.", text, StringComparison.Ordinal);
        Assert.Contains("UserInfo was refused with 401: The access token is revoked: code used twice.", text, StringComparison.Ordinal);
        Assert.All(
            [code, accessToken, refreshToken, BinanceEmulatorDefaults.ClientSecret, Visitor.Verifier, "the-state"],
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HalfBody")]
    [InlineData("CutConnection")]
    [InlineData("EndlessBody")]
    public async Task Broken_responses_break_on_an_in_memory_server_too(string name)
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();
        var emulator = application.Emulator;
        using var visitor = new Visitor(application.Http);
        emulator.Faults.Next(EmulatorEndpoint.UserInfo, name switch
        {
            "HalfBody" => EmulatorFault.HalfBody,
            "CutConnection" => EmulatorFault.CutConnection,
            _ => EmulatorFault.EndlessBody,
        });

        var call = visitor.UserInfoAsync(null);
        if (name == "EndlessBody")
        {
            await emulator.Requests.WaitForAsync(_ => true, Cancellation);
            await application.StopAsync();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    private sealed class RecordingLog : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
