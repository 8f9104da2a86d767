using System.Diagnostics.Metrics;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A delivery ends once and for its own scheme, however often the pipeline runs for its request and whatever other handlers do with it.
/// </summary>
public sealed class DeliveryEndTests
{
    private const string Partner = "Partner";

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_the_second_scheme_of_a_callback_path_collected_are_never_revoked()
    {
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = SkipFailures;
            setup.Authentication = builder => AddPartner(builder, setup.Server, "/signin-binance");
        });
        var browser = site.Browser();
        await browser.SignInAsync(scheme: Partner);

        await site.PassAsync(TimeSpan.FromMinutes(2));

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_at_the_second_scheme_of_a_callback_path_is_a_success_of_that_scheme()
    {
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = SkipFailures;
            setup.Authentication = builder => AddPartner(builder, setup.Server, "/signin-binance");
        });
        using var signIns = SignIns(site.Services);

        await site.Browser().SignInAsync(scheme: Partner);

        Assert.Contains((Partner, "success"), Counted(signIns));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_that_the_application_skips_is_counted_once_when_other_schemes_follow()
    {
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = SkipFailures;
            setup.Authentication = builder => AddPartner(builder, setup.Server, "/signin-partner");
        });
        using var signIns = SignIns(site.Services);

        await site.Browser().DeliverCallbackAsync("/signin-binance?code=one&state=garbage");

        Assert.Equal([("Binance", "failed")], Counted(signIns));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_is_counted_once_when_the_pipeline_runs_again_for_an_error_page()
    {
        await using var site = await DeliverySite.StartAsync(ShowErrorPage);
        using var signIns = SignIns(site.Services);

        await site.Browser().DeliverCallbackAsync("/signin-binance?code=one&state=garbage");

        Assert.Equal([("Binance", "failed")], Counted(signIns));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_in_progress_keeps_its_tokens_when_the_other_one_ends_at_an_error_page()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        var received = 0;
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            stop.Configure(setup);
            setup.Binance += options => options.Events.OnTicketReceived
                = _ => Interlocked.Increment(ref received) == 1 ? throw new InvalidDataException("own fault") : Task.CompletedTask;
            ShowErrorPage(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();
        var held = await stop.DeliverAsync(site, browser, callback);

        var failed = await browser.DeliverCallbackAsync(callback);
        await site.PassAsync(TimeSpan.FromSeconds(70));
        stop.Release();
        browser.Receive(await held);

        Assert.Equal("a page", failed.Body);
        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_of_a_session_that_the_browser_has_are_kept_when_the_application_throws_after_its_own_response()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Binance = options => options.Events.OnTicketReceived = async context =>
            {
                await context.HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!, context.Properties);
                context.Response.Redirect("/");
                await context.Response.CompleteAsync();
                await released.Task;
                throw new InvalidDataException("own fault");
            };
        });
        var browser = site.Browser();
        browser.Receive(await browser.DeliverCallbackAsync(await browser.ConsentAsync()));
        released.SetResult();

        await site.PassAsync(TimeSpan.FromMinutes(2));

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task A_failure_that_the_application_shows_itself_is_counted()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.Events.OnCreatingTicket = _ => throw new InvalidDataException("own fault");
            options.Events.OnRemoteFailure = context =>
            {
                context.Response.Redirect("/own-page");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
        using var signIns = SignIns(site.Services);

        await site.Browser().SignInAsync();

        Assert.Equal([("Binance", "failed")], Counted(signIns));
    }

    [Fact]
    public async Task A_protocol_failure_that_the_application_throws_is_not_a_success()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived
            = _ => throw new AuthenticationFailureException("own", new BinanceAuthenticationException(BinanceFailure.ApiError, "own call")));
        using var signIns = SignIns(site.Services);

        var response = await site.Browser().SignInAsync();

        Assert.StartsWith("/failed?", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal([("Binance", "failed")], Counted(signIns));
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignedIn");
    }

    private static void SkipFailures(BinanceAuthenticationOptions options) => options.Events.OnRemoteFailure = context =>
    {
        context.SkipHandler();
        return Task.CompletedTask;
    };

    private static void ShowErrorPage(SiteSetup setup)
    {
        setup.Binance += options => options.FailurePath = default;
        setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
    }

    private static void AddPartner(AuthenticationBuilder builder, Uri binance, PathString callbackPath) => builder.AddBinance(Partner, options =>
    {
        (options.ClientId, options.ClientSecret, options.CallbackPath)
            = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret, callbackPath);
        options.RevocationTimeout = TimeSpan.FromMinutes(10);
        options.UseServer(binance);
    });

    private static MetricCollector<long> SignIns(IServiceProvider services)
        => new(services.GetRequiredService<IMeterFactory>(), "AspNet.Security.OAuth.Binance", "binance.sign_ins");

    private static IEnumerable<(string? Scheme, string? Outcome)> Counted(MetricCollector<long> signIns) => signIns.GetMeasurementSnapshot()
        .Select(measurement => (measurement.Tags["binance.scheme"] as string, measurement.Tags["binance.outcome"] as string));
}
