using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A response that slides the session's cookie, whose tokens are not due, during a refresh by a background job or after it.
/// </summary>
public sealed class SlideAndBackgroundRefreshTests
{
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(80);
    private static readonly TimeSpan _slides = TimeSpan.FromMinutes(45);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slide_writes_the_new_token_of_a_server_that_keeps_the_refresh_token()
    {
        await using var site = await TestSite.StartAsync(Configure);
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var (browser, refreshToken) = await SignInAsync(site);
        site.Clock.Pass(_slides);
        var newest = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);

        Assert.Equal(newest.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Response_does_not_wait_for_a_refresh_in_progress_and_a_later_one_slides()
    {
        await using var site = await TestSite.StartAsync(Configure);
        var (browser, refreshToken) = await SignInAsync(site);
        site.Clock.Pass(_slides);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);

        Assert.Null((await browser.GetWithinAsync(site.Clock, TimeSpan.Zero)).SessionCookie);

        hold.Release();
        var newest = await job;
        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);
        Assert.Equal(newest.AccessToken, (await browser.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task Session_slides_more_than_ten_minutes_after_its_refresh_token_was_spent()
    {
        await using var site = await TestSite.StartAsync(Configure);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromHours(8);
        var (browser, refreshToken) = await SignInAsync(site);
        site.Clock.Pass(_slides - TimeSpan.FromMinutes(11));
        await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);

        Assert.Equal(site.Clock.GetUtcNow() + _life, (await browser.SessionAsync()).Expires);
    }

    [Fact]
    public async Task Slide_does_not_look_for_the_refresh_of_another_process()
    {
        await using var farm = await Farm.StartAsync(Configure);
        var site = farm.First;
        var (browser, refreshToken) = await SignInAsync(site);
        site.Clock.Pass(_slides);
        var newest = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        var read = new ConcurrentQueue<string>();
        farm.Store.Commands.Before = (command, key) =>
        {
            if (command is StoreCommand.Get)
            {
                read.Enqueue(key);
            }

            return Task.CompletedTask;
        };

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);

        Assert.All(read, key => Assert.Contains(":session:", key, StringComparison.Ordinal));
        Assert.Equal(newest.AccessToken, (await browser.SessionAsync()).AccessToken);
    }

    private static void Configure(SiteSetup setup) => setup.Cookie = cookie => cookie.ExpireTimeSpan = _life;

    private static async Task<(SiteBrowser Browser, string RefreshToken)> SignInAsync(TestSite site)
    {
        var browser = await site.SignedInAsync();
        return (browser, (await browser.SessionAsync()).RefreshToken!);
    }
}
