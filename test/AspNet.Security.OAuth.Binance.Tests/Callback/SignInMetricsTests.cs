using System.Diagnostics.Metrics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Sign-ins counted by outcome, and the log line of one that succeeded. Neither has anything of a user or a token.
/// </summary>
public sealed class SignInMetricsTests
{
    private const string Meter = "AspNet.Security.OAuth.Binance";
    private const string Framework = "Microsoft.AspNetCore.Authentication";

    [Fact]
    public async Task A_sign_in_is_one_success_and_one_line_in_the_log()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        using var response = await new SiteBrowser(site).SignInAsync();

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        Assert.Equal(("{sign_in}", false), (signIns.Instrument!.Unit, string.IsNullOrEmpty(signIns.Instrument.Description)));
        var record = Assert.Single(site.Logs, record => record.Id.Name == "SignedIn");
        Assert.Equal((LogLevel.Information, "The scheme Binance signed a user in."), (record.Level, record.Message));
        Assert.Null(record.Exception);
        string[] personal = [Answers.UserId, Answers.Email, Answers.AccessToken, Answers.RefreshToken];
        Assert.All(personal, text => Assert.DoesNotContain(text, site.LogText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_scheme_is_the_one_that_signed_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = authentication => authentication.AddBinance("Partner", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "hush", "/signin-partner");
            options.UseServer(binance.Address);
        }));
        using var signIns = SignIns(site.Services);
        var browser = new SiteBrowser(site);

        using var response = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Partner"), "/signin-partner");

        AssertCounted(signIns, ("binance.scheme", "Partner"), ("binance.outcome", "success"));
        Assert.Equal("The scheme Partner signed a user in.", Assert.Single(site.Logs, record => record.Id.Name == "SignedIn").Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/denied")]
    public async Task A_refusal_is_refused(string? accessDeniedPath)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = accessDeniedPath);
        using var signIns = SignIns(site.Services);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync();

        using var response = await browser.ComeBackAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "refused"), ("error.type", "access_denied"));
        AssertNoLine(site);
    }

    [Theory]
    [InlineData(BinanceStub.TokenPath, 401, """{"error":"invalid_client"}""", "invalid_client")]
    [InlineData(BinanceStub.TokenPath, 400, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(BinanceStub.TokenPath, 400, """{"error":"invalid_scope"}""", "token_error")]
    [InlineData(BinanceStub.TokenPath, 503, "", "unavailable")]
    [InlineData(BinanceStub.UserPath, 200, "[]", "invalid_response")]
    [InlineData(BinanceStub.UserPath, 401, "{}", "api_error")]
    public async Task A_sign_in_that_binance_fails_is_failed(string path, int status, string body, string error)
    {
        using var binance = new BinanceStub();
        binance.Answer(path, body, status);
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        using var response = await new SiteBrowser(site).SignInAsync();

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", error));
        AssertNoLine(site);
    }

    [Theory]
    [InlineData("?code=one&code=two", "invalid_callback")]
    [InlineData("?code=one&state=garbage", "invalid_state")]
    [InlineData("?error=access_denied", "invalid_state")]
    public async Task A_callback_that_is_not_accepted_is_failed(string query, string error)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        using var signIns = SignIns(site.Services);

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance" + query);

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", error));
    }

    [Theory]
    [InlineData("/failed")]
    [InlineData(null)]
    public async Task A_sign_in_that_the_application_breaks_is_failed(string? failurePath)
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(BreakableApplication.OnSignedIn).StartAsync(binance, failurePath);
        using var signIns = SignIns(site.Services);

        await Record.ExceptionAsync(() => new SiteBrowser(site).SignInAsync());

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", "unknown"));
        AssertNoLine(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_was_aborted_is_aborted_and_no_failure()
    {
        using var binance = new BinanceStub();
        using var gone = new CancellationTokenSource();
        await using var server = new RawServer(RawServer.HangAsync);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);
        using var signIns = SignIns(site.Services);
        var browser = new SiteBrowser(site) { Aborted = gone.Token };

        var signIn = browser.SignInAsync();
        await server.FirstRequest;
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken);

        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "aborted"));
        AssertNoLine(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_callback_that_is_delivered_twice_at_once_is_one_success_and_one_line()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        using var signIns = SignIns(site.Services);
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var arrived = site.Requests.Next(2);
        var deliveries = new[] { browser.ComeBackAsync(callback), browser.Copy().ComeBackAsync(callback) };
        await arrived;
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        hold.Release();
        var answers = await Task.WhenAll(deliveries);

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.Status, answer.Location?.OriginalString)));
        AssertCounted(signIns, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        Assert.Single(site.Logged(LogLevel.Information), record => record.Id.Name == "SignedIn");
    }

    [Fact]
    public async Task Pages_challenges_and_sign_outs_are_no_sign_ins()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        using var response = await browser.SignInAsync();
        using var signIns = SignIns(site.Services);

        using var page = await browser.GetAsync("/");
        await browser.ChallengeAsync();
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(signIns.GetMeasurementSnapshot());
        Assert.Single(site.Logs, record => record.Id.Name == "SignedIn");
    }

    [Fact]
    public async Task The_framework_counts_as_before()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var meters = site.Services.GetRequiredService<IMeterFactory>();
        using var challenges = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.challenges");
        using var signIns = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.sign_ins");
        using var signOuts = new MetricCollector<long>(meters, Framework, "aspnetcore.authentication.sign_outs");
        using var authentications = new MetricCollector<double>(meters, Framework, "aspnetcore.authentication.authenticate.duration");
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();
        await browser.SessionAsync();
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Equal("Binance", SchemeOf(Assert.Single(challenges.GetMeasurementSnapshot()).Tags));
        Assert.Equal("Cookies", SchemeOf(Assert.Single(signIns.GetMeasurementSnapshot()).Tags));
        Assert.Equal("Cookies", SchemeOf(Assert.Single(signOuts.GetMeasurementSnapshot()).Tags));
        Assert.Contains(authentications.GetMeasurementSnapshot(), measurement => SchemeOf(measurement.Tags) == "Cookies");
    }

    private static string? SchemeOf(IReadOnlyDictionary<string, object?> tags) => tags["aspnetcore.authentication.scheme"] as string;

    private static MetricCollector<long> SignIns(IServiceProvider services) => new(services.GetRequiredService<IMeterFactory>(), Meter, "binance.sign_ins");

    // All tags and no other: nothing of a user or a token can be among them.
    private static void AssertCounted(MetricCollector<long> signIns, params (string Name, string Value)[] tags)
    {
        var counted = Assert.Single(signIns.GetMeasurementSnapshot());
        Assert.Equal(1, counted.Value);
        Assert.Equal(tags.ToDictionary(tag => tag.Name, tag => (object?)tag.Value), counted.Tags.ToDictionary());
    }

    private static void AssertNoLine(TestSite site) => Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignedIn");
}
