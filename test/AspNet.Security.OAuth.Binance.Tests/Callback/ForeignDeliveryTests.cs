using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Attacks;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// What does not reach the exchange of a sign-in: another browser, another code, another sign-in.
/// </summary>
public sealed class ForeignDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_browser_gets_nothing_of_an_exchange_that_ended(bool beganItsOwn)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, other) = (site.Browser(), site.Browser());
        var callback = await browser.ConsentAsync();
        if (beganItsOwn)
        {
            await other.ConsentAsync();
        }

        var first = await browser.ComeBackAsync(callback);
        var answer = await other.ComeBackAsync(callback);

        Assert.Equal("correlation_failed", answer.Failure());
        Assert.Null(answer.SessionCookie);
        browser.Receive(first);
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_browser_does_not_join_an_exchange_under_way()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, other) = (site.Browser(), site.Browser());
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = browser.ComeBackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        var answer = await other.ComeBackAsync(callback);
        hold.Release();

        Assert.Equal("correlation_failed", answer.Failure());
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
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        var code = genuine ? EmulatedSite.CodeIn(await site.Browser().ConsentAsync()) : new string('0', 40);
        var injected = callback.Replace(EmulatedSite.CodeIn(callback), code, StringComparison.Ordinal);

        var first = await browser.ComeBackAsync(callback);
        var answer = await browser.ComeBackAsync(injected);

        // A genuine code of somebody else has another proof key.
        Assert.Equal("invalid_grant", answer.Failure());
        Assert.Null(answer.SessionCookie);
        browser.Receive(first);
        await site.AssertLiveAsync(browser);
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_code_in_the_state_of_another_sign_in_is_an_exchange_of_its_own()
    {
        await using var site = await DeliverySite.StartAsync();
        var (victim, attacker) = (site.Browser(), site.Browser());
        var callback = await victim.ConsentAsync();
        var own = await attacker.ConsentAsync();
        await victim.ComeBackAsync(callback);

        var answer = await attacker.ComeBackAsync(own.Replace(EmulatedSite.CodeIn(own), EmulatedSite.CodeIn(callback), StringComparison.Ordinal));

        Assert.Equal("invalid_grant", answer.Failure());
        Assert.Null(answer.SessionCookie);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_sign_ins_of_one_browser_at_once_are_two_exchanges_and_both_are_signed_in()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        var (one, other) = (await browser.ConsentAsync(), await browser.ConsentAsync());
        var answers = await Task.WhenAll(browser.ComeBackAsync(one), browser.ComeBackAsync(other));

        HashSet<string?> sessions = [];
        foreach (var answer in answers)
        {
            browser.Receive(answer);
            sessions.Add((await site.AssertLiveAsync(browser)).SessionId());
        }

        Assert.Equal(2, sessions.Count);
        Assert.Equal(2, site.TokenRequests());
    }
}
