using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Who comes back from Binance while the cache is unavailable.
/// </summary>
public sealed class CallbackInOutageTests
{
    [Fact]
    public async Task A_sign_in_fails_as_unavailable_at_the_failure_path()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        site.Store().Commands.Fail();

        var answer = await browser.ComeBackAsync(callback);
        browser.Receive(answer);

        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.StartsWith("/failed?failure=unavailable", answer.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSession);
        Assert.Equal("a page", (await browser.GetAsync(answer.Location.OriginalString)).Body);

        site.Store().Commands.Recover();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Without_a_failure_path_it_is_an_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        site.Store().Commands.Fail();

        var answer = await browser.ComeBackAsync(callback);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Null(answer.SessionCookie);
    }

    [Fact]
    public async Task A_callback_with_a_session_is_told_to_come_again_and_succeeds_then()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        var callback = await browser.ConsentAsync();
        site.Store().Commands.Fail();

        var answer = await browser.ComeBackAsync(callback);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Empty(answer.SetCookies);
        site.Store().Commands.Recover();
        browser.Receive(await browser.ComeBackAsync(callback));

        var after = await browser.SessionAsync();
        Assert.True(after.SignedIn);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
    }

    [Theory]
    [InlineData(ServerSite.Ticket)]
    [InlineData(ServerSite.Generation)]
    public async Task A_cache_that_fails_in_the_middle_of_it_leaves_nobody_signed_in(string part)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.FailurePath = "/failed");
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        site.Store().Commands.Before = (_, key) => key.StartsWith(part, StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("the connection is lost"))
            : Task.CompletedTask;

        var answer = await browser.ComeBackAsync(callback);
        browser.Receive(answer);

        Assert.StartsWith("/failed?failure=unavailable", answer.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSession);
        site.Store().Commands.Recover();
        Assert.Empty(await site.ListAsync());
    }
}
