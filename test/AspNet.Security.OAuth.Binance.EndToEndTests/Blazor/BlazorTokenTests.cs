using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor;

public sealed class BlazorTokenTests(Browser browser)
{
    private static readonly TimeSpan _longerThanATokenLives = TimeSpan.FromHours(9);

    [Theory]
    [MemberData(nameof(BlazorJourney.Transports), MemberType = typeof(BlazorJourney))]
    public async Task Token_that_expires_in_an_open_circuit_is_refreshed_by_the_next_call(CircuitTransport transport)
    {
        await using var context = await browser.OpenAsync(transport);
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);
        var first = Assert.Single(site.Binance.Tokens.AccessTokens).Value;
        site.Binance.Clock.Advance(_longerThanATokenLives);
        site.Binance.Requests.Clear();

        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);

        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));
        Assert.NotEqual(first, Assert.Single(site.Binance.Tokens.AccessTokens).Value);
    }

    [Theory]
    [MemberData(nameof(BlazorJourney.Transports), MemberType = typeof(BlazorJourney))]
    public async Task Two_circuits_and_twenty_scripts_at_once_make_one_refresh(CircuitTransport transport)
    {
        await using var context = await browser.OpenAsync(transport);
        await using var site = await BlazorSite.StartAsync();
        var first = await context.NewPageAsync();
        await first.OpenAccountAsync(site);
        var second = await context.NewPageAsync();
        await second.GotoAsync(site.Url("/account"));
        await Assertions.Expect(second.CallButton()).ToBeEnabledAsync();
        var third = await context.NewPageAsync();
        await third.GotoAsync(site.Url("/"));
        site.Binance.Clock.Advance(_longerThanATokenLives);
        site.Binance.Requests.Clear();
        using var hold = site.Binance.Faults.Hold(EmulatorEndpoint.Token);

        // The circuits first: a browser opens six connections to a site, and waiting scripts would block the clicks of a long poll.
        await Task.WhenAll(first.CallButton().ClickAsync(), second.CallButton().ClickAsync());
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var begun = third.WaitForRequestAsync(site.Url(BlazorSite.Api));
        var scripts = third.EvaluateAsync<int[]>(
            "path => Promise.all(Array.from({ length: 20 }, () => fetch(path).then(response => response.status)))", BlazorSite.Api);
        await begun;
        hold.Release();

        Assert.All(await scripts, status => Assert.Equal(200, status));
        await first.AssertShowsStatusAsync(BinanceEmulatorDefaults.UserId);
        await second.AssertShowsStatusAsync(BinanceEmulatorDefaults.UserId);
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Token));
        Assert.Equal(22, site.Binance.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    /// <summary>Only requests of a browser slide the expiration of a session.</summary>
    [Fact]
    public async Task Open_circuit_does_not_extend_its_session()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);

        site.Binance.Clock.Advance(TimeSpan.FromDays(8));
        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
        site.Binance.Clock.Advance(TimeSpan.FromDays(8));
        await page.CallBinanceAsync("Your session has ended");
    }

    [Fact]
    public async Task Outage_of_Binance_is_shown_and_the_next_call_works()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);
        site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));

        await page.CallBinanceAsync("Binance cannot be reached.");

        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task Outage_of_the_session_cache_does_not_sign_a_circuit_out()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);

        site.Sessions.IsUnavailable = true;
        await page.CallBinanceAsync("Binance cannot be reached.");
        site.Sessions.IsUnavailable = false;

        await page.CallBinanceAsync(BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task Refused_refresh_token_ends_the_session_and_the_page_shows_it()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await BlazorSite.StartAsync();
        var page = await context.NewPageAsync();
        await page.OpenAccountAsync(site);
        site.Binance.Tokens.RevokeAll();
        site.Binance.Clock.Advance(_longerThanATokenLives);

        await page.CallBinanceAsync("Your session has ended");

        await page.ClickLoginAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Your account");
    }
}
