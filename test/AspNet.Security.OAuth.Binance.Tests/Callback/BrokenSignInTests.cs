using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.Extensions.Logging;
using static AspNet.Security.OAuth.Binance.Tests.Callback.Support.BreakableApplication;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The sign-in scheme, or the application's code around it, throws after Binance accepted the user. The user sees the failure page, the log
/// has the exception, and the browser's cookies do not change.
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
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_cache_that_cannot_store_the_session_ends_at_the_failure_path_as_unavailable()
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(Store, isOnServer: true).StartAsync(binance);
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response, "unavailable");
        Assert.Single(site.Logs, log => log.Id.Name == "SessionsUnavailable");
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Cookies_that_the_application_set_during_the_sign_in_are_kept()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.Events.OnSignedIn = context =>
        {
            context.Response.Cookies.Append("own", "yes");
            throw new InvalidDataException("own fault");
        });

        var response = await site.Browser().SignInAsync("/orders");

        AssertFailurePage(response);
        Assert.Contains(response.SetCookies, cookie => cookie.Name == "own");
    }

    [Fact]
    public async Task All_parts_of_a_chunked_session_cookie_are_withdrawn()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("access_token", $"\"{new string('a', 4000)}\""));
        await using var site = await new BreakableApplication(BreakableApplication.OnSignedIn).StartAsync(binance);

        var response = await site.Browser().SignInAsync("/orders");

        AssertFailurePage(response);
    }

    [Fact]
    public async Task A_sign_in_scheme_that_is_unknown_at_run_time_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.SignInScheme = "Late");
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        AssertFailurePage(response);
        Assert.Contains("Late", AssertOneError<InvalidOperationException>(site).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_handler_that_throws_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnRemoteFailure = _ => throw new InvalidDataException("own fault"));

        var response = await site.Browser().SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
    }

    [Fact]
    public async Task An_access_denied_handler_that_throws_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnAccessDenied = _ => throw new InvalidDataException("own fault"));
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        var response = await browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertFailurePage(response);
        AssertOneError<InvalidDataException>(site);
    }

    [Fact]
    public async Task A_cancellation_by_the_application_is_a_failed_sign_in_and_not_an_aborted_request()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.Events.OnTicketReceived = _ => throw new OperationCanceledException("own timeout"));

        var response = await site.Browser().SignInAsync("/orders");

        AssertFailurePage(response);
        AssertOneError<OperationCanceledException>(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_is_aborted_during_the_sign_in_is_cancelled()
    {
        using var binance = new BinanceStub();
        using var aborted = new CancellationTokenSource();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.Events.OnSigningIn = async context =>
        {
            await aborted.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.HttpContext.RequestAborted);
        });
        var browser = site.BrowserUntil(aborted.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => browser.SignInAsync());

        Assert.IsAssignableFrom<OperationCanceledException>(await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Without_a_failure_path_the_exception_is_rethrown_unchanged(string fault, bool isOnServer)
    {
        using var binance = new BinanceStub();
        await using var site = await new BreakableApplication(fault, isOnServer).StartAsync(binance, failurePath: null);

        await Assert.ThrowsAsync<InvalidDataException>(() => site.Browser().SignInAsync());
    }
}
