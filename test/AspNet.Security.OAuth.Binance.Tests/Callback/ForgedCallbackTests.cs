using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

public sealed class ForgedCallbackTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?code=code")]
    [InlineData("?code=code&state=")]
    [InlineData("?code=code&state=garbage")]
    [InlineData("?code=code&state=%00%FF%0d%0a")]
    [InlineData("?error=access_denied")]
    [InlineData("?error=access_denied&state=garbage")]
    public async Task A_callback_without_a_genuine_state_ends_at_once(string query)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/signin-binance" + query);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
        Assert.Equal(BinanceFailure.InvalidState, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_state_that_was_tampered_with_is_not_genuine()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var state = (await browser.ChallengeAsync("/login?returnUrl=/orders")).State.ToCharArray();
        var middle = state.Length / 2;
        state[middle] = state[middle] == 'A' ? 'B' : 'A';
        var response = await browser.ReturnWithQueryAsync(new() { ["code"] = SiteBrowser.Code, ["state"] = new string(state) });

        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_state_without_the_name_of_a_correlation_cookie_is_refused()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var state = site.Options.StateDataFormat.Protect(new AuthenticationProperties());

        var response = await site.Browser().ReturnWithQueryAsync(new() { ["code"] = SiteBrowser.Code, ["state"] = state });

        Assert.Equal("/failed?failure=correlation_failed", response.Location?.OriginalString);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_state_of_another_scheme_is_not_genuine()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = schemes => schemes.AddBinance("Other", options =>
        {
            options.ClientId = "other";
            options.ClientSecret = "other";
            options.CallbackPath = "/signin-other";
        }));
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Other"));

        Assert.Equal(BinanceFailure.InvalidState, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_state_of_another_site_is_not_genuine()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        await using var other = await TestSite.StartAsync(binance);

        await site.Browser().ReturnWithCodeAsync(await other.Browser().ChallengeAsync());

        Assert.Equal(BinanceFailure.InvalidState, site.SingleFailure().Failure);
    }

    [Fact]
    public async Task A_sign_in_that_another_browser_started_is_not_finished()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var victim = site.Browser();

        var attackers = await site.Browser().ChallengeAsync();
        await victim.ChallengeAsync();
        await victim.ReturnWithCodeAsync(attackers);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.False((await victim.SessionAsync()).SignedIn);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_correlation_cookie_with_another_value_is_refused()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var name = Assert.Single(browser.Jar.Names);
        browser.SetCookie(name, "X");
        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_callback_is_accepted_once()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(request);
        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Single(binance.TokenRequests);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Sign_ins_in_two_tabs_are_independent()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var first = await browser.ChallengeAsync("/login?returnUrl=/first");
        var second = await browser.ChallengeAsync("/login?returnUrl=/second");
        var firstBack = await browser.ReturnWithCodeAsync(first);
        var secondBack = await browser.ReturnWithCodeAsync(second);

        Assert.Equal("/first", firstBack.Location?.OriginalString);
        Assert.Equal("/second", secondBack.Location?.OriginalString);
    }

    [Fact]
    public async Task An_expired_sign_in_is_refused()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        site.Clock.Advance(TimeSpan.FromMinutes(15));
        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
    }

    [Theory]
    [InlineData("&code=one&code=two")]
    [InlineData("&code=one&code=one")]
    [InlineData("&code=one&state=again")]
    [InlineData("&error=one&error=access_denied")]
    public async Task A_repeated_parameter_is_refused(string query)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var response = await browser.GetAsync($"/signin-binance?state={Uri.EscapeDataString(request.State)}{query}");

        Assert.Equal("/failed?failure=invalid_callback", response.Location!.OriginalString);
        Assert.Equal(BinanceFailure.InvalidCallback, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&code=")]
    [InlineData("&error=")]
    public async Task A_callback_with_neither_code_nor_error_is_refused(string query)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        var response = await browser.GetAsync($"/signin-binance?state={Uri.EscapeDataString(request.State)}{query}");

        Assert.Equal("/failed?failure=invalid_callback&returnUrl=%2Forders", response.Location!.OriginalString);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_code_with_an_error_is_not_exchanged()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(
            new() { ["state"] = request.State, ["code"] = SiteBrowser.Code, ["error"] = "access_denied" });

        Assert.Equal(BinanceFailure.AccessDenied, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_forged_callback_does_not_end_a_session()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();
        await browser.GetAsync("/signin-binance?code=code&state=garbage");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }
}
