
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A session that slides ends after its maximum lifetime, counted from the user's sign-in.
/// </summary>
public sealed class MaximumLifetimeTests
{
    private static readonly TimeSpan _maximum = TimeSpan.FromDays(30);
    private static readonly TimeSpan _week = TimeSpan.FromDays(8);

    [Fact]
    public async Task A_session_that_slides_ends_after_its_maximum_lifetime()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        var end = site.Clock.GetUtcNow() + _maximum;
        await SlideAsync(site, browser, times: 3);

        Assert.Equal(end, Assert.Single(await site.ListAsync()).ExpiresAt);
        Assert.Equal(_maximum - (3 * _week), site.Store().TicketWrites()[^1].Life);

        site.Clock.Pass(TimeSpan.FromDays(6) - TimeSpan.FromSeconds(1));
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(await site.ListAsync());
    }

    [Fact]
    public async Task A_refresh_does_not_extend_the_maximum_lifetime()
    {
        await using var site = await StartAsync(setup => setup.Binance = _ => { });
        var browser = await site.SignedInAsync();
        await SlideAsync(site, browser, times: 3);

        site.Clock.Pass(TimeSpan.FromDays(6));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_in_with_the_previous_properties_does_not_extend_the_maximum_lifetime(bool withNewTimes)
    {
        await using var site = await StartAsync(setup => setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            if (withNewTimes)
            {
                (session.Properties!.IssuedUtc, session.Properties.ExpiresUtc) = (null, null);
            }

            await context.SignInAsync(session.Principal!, session.Properties);
        });
        var browser = await site.SignedInAsync();
        await SlideAsync(site, browser, times: 2);
        await browser.GetAsync("/again");
        await SlideAsync(site, browser, times: 1);

        site.Clock.Pass(TimeSpan.FromDays(6));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_new_login_restarts_the_maximum_lifetime()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        await SlideAsync(site, browser, times: 3);

        await browser.SignInAsync();
        await SlideAsync(site, browser, times: 3);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_of_another_provider_ends_after_its_maximum_lifetime()
    {
        await using var site = await StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");
        await SlideAsync(site, browser, times: 3);

        site.Clock.Pass(TimeSpan.FromDays(6));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_longer_ticket_is_limited_to_the_default_of_400_days()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1000));
        await site.SignedInAsync();

        Assert.Equal(TimeSpan.FromDays(400), Assert.Single(site.Store().TicketWrites()).Life);
        Assert.Equal(site.Clock.GetUtcNow().AddDays(400), Assert.Single(await site.ListAsync()).ExpiresAt);
    }

    private static Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => ServerSite.StartAsync(
        setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            configure?.Invoke(setup);
        },
        sessions => sessions.MaximumLifetime = _maximum);

    private static async Task SlideAsync(TestSite site, SiteBrowser browser, int times)
    {
        for (var i = 0; i < times; i++)
        {
            site.Clock.Pass(_week);
            Assert.True((await browser.SessionAsync()).SignedIn);
        }
    }
}
