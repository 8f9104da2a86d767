using Microsoft.Extensions.Logging;
using static AspNet.Security.OAuth.Binance.Tests.BreakableApplication;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The sign-in scheme, or the application's code around it, throws after Binance accepted the user. The user gets a page, the operator
/// the exception, and the browser's cookies are as before.
/// </summary>
public sealed class BrokenSignInTests
{
    /// <summary>Where the application throws, and whether its sessions are on the server.</summary>
    public static TheoryData<string, bool> Faults => [
        .. BreakableApplication.Faults.Select(fault => (fault, false)),
        .. BreakableApplication.Faults.Where(fault => fault is not Store).Select(fault => (fault, true))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_sign_in_that_throws_ends_at_the_failure_path_with_one_error_in_the_log(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(fault, isOnServer).StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_cache_that_cannot_keep_the_session_ends_at_the_failure_path_as_an_outage()
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(Store, isOnServer: true).StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response, "unavailable");
        Assert.Single(site.Logs, log => log.Id.Name == "SessionsUnavailable");
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Other_cookies_that_the_application_set_meanwhile_are_kept()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.Events.OnSignedIn = context =>
        {
            context.Response.Cookies.Append("own", "yes");
            throw new InvalidDataException("own fault");
        });

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        AssertFailurePage(response);
        Assert.Contains(SetCookies(response), cookie => cookie.Name == "own");
    }

    [Fact]
    public async Task A_sign_in_cookie_that_comes_in_parts_is_withdrawn_with_all_of_them()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", $"\"{new string('a', 4000)}\""));
        await using var site = await new BreakableApplication(BreakableApplication.OnSignedIn).StartAsync(binance);

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        AssertFailurePage(response);
    }

    [Fact]
    public async Task A_sign_in_scheme_that_is_unknown_at_run_time_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.SignInScheme = "Late");
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response);
        Assert.Contains("Late", AssertOneError<InvalidOperationException>(site).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_handler_that_throws_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnRemoteFailure = _ => throw new InvalidDataException("own fault"));

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
    }

    [Fact]
    public async Task An_access_denied_handler_that_throws_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnAccessDenied = _ => throw new InvalidDataException("own fault"));
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        using var response = await browser.ComeBackAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
    }

    [Fact]
    public async Task A_cancellation_of_the_application_s_own_is_a_broken_sign_in_and_no_aborted_request()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnTicketReceived = _ => throw new OperationCanceledException("own timeout"));

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<OperationCanceledException>(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_is_aborted_while_it_signs_in_stays_a_cancellation()
    {
        using var binance = new BinanceStub();
        using var gone = new CancellationTokenSource();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.Events.OnSigningIn = async context =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.HttpContext.RequestAborted);
        });
        var browser = new SiteBrowser(site) { Aborted = gone.Token };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => browser.SignInAsync());

        Assert.IsAssignableFrom<OperationCanceledException>(await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Without_a_failure_path_the_exception_leaves_as_it_is(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(fault, isOnServer).StartAsync(binance, failurePath: null);

        await Assert.ThrowsAsync<InvalidDataException>(() => new SiteBrowser(site).SignInAsync());
    }
}
