using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Callbacks while the cache is unavailable.
/// </summary>
public sealed class CallbackInOutageTests
{
    [Fact]
    public async Task A_sign_in_redirects_to_the_failure_path_with_unavailable()
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Store().Commands.Fail();

        var response = await browser.DeliverCallbackAsync(callback);
        browser.Receive(response);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.StartsWith("/failed?failure=unavailable", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSessionCookie);
        Assert.Equal("a page", (await browser.GetAsync(response.Location.OriginalString)).Body);

        site.Store().Commands.Recover();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_callback_without_a_failure_path_gets_503()
    {
        await using var site = await ServerSite.StartAsync(static setup => setup.FailurePath = null);
        var (browser, callback) = await site.ConsentedAsync();
        site.Store().Commands.Fail();

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Null(response.SessionCookie);
    }

    [Fact]
    public async Task A_callback_with_a_session_gets_503_and_succeeds_after_the_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        var callback = await browser.ConsentAsync();
        site.Store().Commands.Fail();

        var response = await browser.DeliverCallbackAsync(callback);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
        site.Store().Commands.Recover();
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        var after = await browser.SessionAsync();
        Assert.True(after.SignedIn);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
    }

    [Theory]
    [InlineData(ServerSite.Ticket)]
    [InlineData(ServerSite.Generation)]
    public async Task A_cache_that_fails_during_the_callback_signs_nobody_in(string part)
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Store().Commands.Before = (_, key) => key.StartsWith(part, StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("the connection is lost"))
            : Task.CompletedTask;

        var response = await browser.DeliverCallbackAsync(callback);
        browser.Receive(response);

        Assert.StartsWith("/failed?failure=unavailable", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSessionCookie);
        site.Store().Commands.Recover();
        Assert.Empty(await site.ListAsync());
    }
}
