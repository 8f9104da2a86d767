using System.Diagnostics.Metrics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The metric of sign-ins by outcome, and the log record of one that succeeded. Neither has data of a user or a token.
/// </summary>
public sealed class SignInMetricsTests
{
    private const string Meter = "AspNet.Security.OAuth.Binance";
    private const string Framework = "Microsoft.AspNetCore.Authentication";

    [Fact]
    public async Task A_sign_in_is_one_success_and_one_log_record()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        await site.Browser().SignInAsync();

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        Assert.Equal(("{sign_in}", false), (signIns.Instrument!.Unit, string.IsNullOrEmpty(signIns.Instrument.Description)));
        var record = Assert.Single(site.Logs, record => record.Id.Name == "SignedIn");
        Assert.Equal((LogLevel.Information, "The scheme Binance signed a user in."), (record.Level, record.Message));
        Assert.Null(record.Exception);
        string[] personal = [Responses.UserId, Responses.Email, Responses.AccessToken, Responses.RefreshToken];
        Assert.All(personal, text => Assert.DoesNotContain(text, site.LogText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_scheme_of_the_metric_is_the_one_that_signed_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = authentication => authentication.AddBinance("Partner", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-partner");
            options.UseServer(binance.Address);
        }));
        using var signIns = SignIns(site.Services);
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Partner"), "/signin-partner");

        AssertCounted(signIns, ("binance.scheme", "Partner"), ("binance.outcome", "success"));
        Assert.Equal("The scheme Partner signed a user in.", Assert.Single(site.Logs, record => record.Id.Name == "SignedIn").Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/denied")]
    public async Task A_cancelled_sign_in_is_counted_as_refused(string? accessDeniedPath)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = accessDeniedPath);
        using var signIns = SignIns(site.Services);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();

        await browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "refused"), ("error.type", "access_denied"));
        AssertNoLine(site);
    }

    [Theory]
    [InlineData(BinanceStub.TokenPath, 400, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(BinanceStub.UserPath, 401, "{}", "api_error")]
    public async Task A_sign_in_that_fails_at_binance_is_counted_as_failed(string path, int status, string body, string error)
    {
        using var binance = new BinanceStub();
        binance.Respond(path, body, status);
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        await site.Browser().SignInAsync();

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", error));
        AssertNoLine(site);
    }

    [Theory]
    [InlineData("?code=one&code=two", "invalid_callback")]
    [InlineData("?code=one&state=garbage", "invalid_state")]
    [InlineData("?error=access_denied", "invalid_state")]
    public async Task A_refused_callback_is_counted_as_failed(string query, string error)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        await site.Browser().GetAsync("/signin-binance" + query);

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", error));
    }

    [Theory]
    [InlineData("/failed")]
    [InlineData(null)]
    public async Task A_sign_in_that_fails_in_the_application_is_counted_as_failed(string? failurePath)
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(BreakableApplication.OnSignedIn).StartAsync(binance, failurePath);
        using var signIns = SignIns(site.Services);

        await Record.ExceptionAsync(() => site.Browser().SignInAsync());

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", "unknown"));
        AssertNoLine(site);
    }

    [Fact]
    public async Task A_sign_in_whose_response_the_application_makes_is_counted_as_handled()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived = context =>
        {
            context.Response.Redirect("/own-page");
            context.HandleResponse();
            return Task.CompletedTask;
        });
        using var signIns = SignIns(site.Services);

        var response = await site.Browser().SignInAsync();

        Assert.Equal("/own-page", response.Location?.OriginalString);
        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "handled"));
        AssertNoLine(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_aborted_request_is_counted_as_aborted()
    {
        using var binance = new BinanceStub();
        using var aborted = new CancellationTokenSource();
        await using var server = new RawServer(RawServer.HangAsync);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        using var signIns = SignIns(site.Services);
        var browser = site.BrowserUntil(aborted.Token);

        var signIn = browser.SignInAsync();
        await server.FirstRequest;
        await aborted.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken);

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "aborted"));
        AssertNoLine(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_concurrent_deliveries_are_one_success_and_one_log_record()
    {
        await using var site = await TestSite.StartAsync();
        using var signIns = SignIns(site.Services);
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var arrived = site.Requests.Next(2);
        var deliveries = new[] { browser.DeliverCallbackAsync(callback), browser.Copy().DeliverCallbackAsync(callback) };
        await arrived;
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        hold.Release();
        var responses = await Task.WhenAll(deliveries);

        Assert.All(responses, response => Assert.Equal((HttpStatusCode.Redirect, "/"), (response.Status, response.Location?.OriginalString)));
        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        Assert.Single(site.Logged(LogLevel.Information), record => record.Id.Name == "SignedIn");
    }

    [Fact]
    public async Task Pages_challenges_and_sign_outs_are_not_counted()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        using var signIns = SignIns(site.Services);

        await browser.GetAsync("/");
        await browser.ChallengeAsync();
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(signIns.GetMeasurementSnapshot());
        Assert.Single(site.Logs, record => record.Id.Name == "SignedIn");
    }

    [Fact]
    public async Task The_framework_s_own_metrics_are_unchanged()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var meters = site.Services.GetRequiredService<IMeterFactory>();
        using var challenges = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.challenges");
        using var signIns = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.sign_ins");
        using var signOuts = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.sign_outs");
        using var authentications = new MetricCollector<double>(meters, Framework, "aspnetcore.authentication.authenticate.duration");
        var browser = site.Browser();

        await browser.SignInAsync();
        await browser.SessionAsync();
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Equal("Binance", SchemeOf(Assert.Single(challenges.GetMeasurementSnapshot()).Tags));
        Assert.Equal("Cookies", SchemeOf(Assert.Single(signIns.GetMeasurementSnapshot()).Tags));
        Assert.Equal("Cookies", SchemeOf(Assert.Single(signOuts.GetMeasurementSnapshot()).Tags));
        Assert.Contains(authentications.GetMeasurementSnapshot(), measurement => SchemeOf(measurement.Tags) == "Cookies");
    }

    private static string? SchemeOf(IReadOnlyDictionary<string, object?> tags) => tags["aspnetcore.authentication.scheme"] as string;

    private static MetricCollector<long> SignIns(IServiceProvider services) => new(services.GetRequiredService<IMeterFactory>(), Meter, "binance.sign_ins");

    // All tags and no others, so that none has data of a user or a token.
    private static void AssertCounted(MetricCollector<long> signIns, params (string Name, string Value)[] tags)
    {
        var counted = Assert.Single(signIns.GetMeasurementSnapshot());
        Assert.Equal(1, counted.Value);
        Assert.Equal(tags.ToDictionary(tag => tag.Name, tag => (object?)tag.Value), counted.Tags.ToDictionary());
    }

    private static void AssertNoLine(TestSite site) => Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignedIn");
}
