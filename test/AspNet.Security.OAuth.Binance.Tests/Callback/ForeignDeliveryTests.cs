using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Deliveries that do not share the exchange of a sign-in: of another browser, another code, another sign-in.
/// </summary>
public sealed class ForeignDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_browser_is_not_signed_in_by_an_exchange_that_ended(bool beganItsOwn)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, other) = (site.Browser(), site.Browser());
        var callback = await browser.ConsentAsync();
        if (beganItsOwn)
        {
            await other.ConsentAsync();
        }

        var first = await browser.DeliverCallbackAsync(callback);
        var response = await other.DeliverCallbackAsync(callback);

        Assert.Equal("correlation_failed", response.Failure());
        Assert.Null(response.SessionCookie);
        browser.Receive(first);
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_browser_does_not_join_an_exchange_in_progress()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, other) = (site.Browser(), site.Browser());
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        var response = await other.DeliverCallbackAsync(callback);
        hold.Release();

        Assert.Equal("correlation_failed", response.Failure());
        browser.Receive(await first);
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_code_in_the_same_state_is_an_exchange_of_its_own(bool genuine)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        var code = genuine ? SiteBrowser.CodeIn(await site.Browser().ConsentAsync()) : new string('0', 40);
        var injected = callback.Replace(SiteBrowser.CodeIn(callback), code, StringComparison.Ordinal);

        var first = await browser.DeliverCallbackAsync(callback);
        var response = await browser.DeliverCallbackAsync(injected);

        // A genuine code of another sign-in has another proof key.
        Assert.Equal("invalid_grant", response.Failure());
        Assert.Null(response.SessionCookie);
        browser.Receive(first);
        await site.AssertLiveAsync(browser);
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_code_with_another_last_character_is_an_exchange_of_its_own()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        var code = SiteBrowser.CodeIn(callback);
        Assert.Null((await browser.DeliverCallbackAsync(callback)).Failure());

        var response = await browser.DeliverCallbackAsync(callback.Replace(code, code[..^1] + (code[^1] is '0' ? '1' : '0'), StringComparison.Ordinal));

        Assert.Equal("invalid_grant", response.Failure());
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_code_in_the_state_of_another_sign_in_is_an_exchange_of_its_own()
    {
        await using var site = await DeliverySite.StartAsync();
        var (victim, attacker) = (site.Browser(), site.Browser());
        var callback = await victim.ConsentAsync();
        var own = await attacker.ConsentAsync();
        await victim.DeliverCallbackAsync(callback);

        var response = await attacker.DeliverCallbackAsync(own.Replace(SiteBrowser.CodeIn(own), SiteBrowser.CodeIn(callback), StringComparison.Ordinal));

        Assert.Equal("invalid_grant", response.Failure());
        Assert.Null(response.SessionCookie);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_concurrent_sign_ins_of_one_browser_are_two_exchanges_and_both_succeed()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        var (one, other) = (await browser.ConsentAsync(), await browser.ConsentAsync());
        var responses = await Task.WhenAll(browser.DeliverCallbackAsync(one), browser.DeliverCallbackAsync(other));

        HashSet<string?> sessions = [];
        foreach (var response in responses)
        {
            browser.Receive(response);
            sessions.Add((await site.AssertLiveAsync(browser)).SessionId());
        }

        Assert.Equal(2, sessions.Count);
        Assert.Equal(2, site.TokenRequests());
    }
}
