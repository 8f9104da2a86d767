namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The end of a session is kept in memory as long as a copy of its cookie can be valid. A sign-out removes the ends of sessions whose tickets have expired.
/// </summary>
public sealed class KeptEndSessionTests
{
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task A_copied_cookie_stays_signed_out_at_the_last_moment_of_its_ticket()
    {
        await using var site = await TestSite.StartAsync(Configure);
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");
        site.Clock.Pass(_life);

        await other.GetAsync("/sign-out");

        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    // The session ends twice: a sign-in replaces its shorter cookie, and the longer one is signed out.
    [Fact]
    public async Task A_longer_cookie_of_a_replaced_session_stays_signed_out_when_the_replaced_cookie_has_expired()
    {
        await using var site = await TestSite.StartAsync(Configure);
        var browser = await site.SignedInAsync();
        var longer = browser.Copy();
        Assert.NotNull((await longer.GetAsync("/longer")).SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        await browser.SignInAsync();
        await longer.SendAsync("/sign-out");
        site.Clock.Pass(_life + TimeSpan.FromMinutes(1));

        var other = await site.SignedInAsync();
        await other.GetAsync("/sign-out");

        Assert.False((await longer.SendAsync("/session")).Session.SignedIn);
    }

    private static void Configure(SiteSetup setup) => setup.Cookie = cookie =>
    {
        (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_life, false);
        cookie.Events.OnValidatePrincipal = context =>
        {
            if (context.Request.Path == "/longer")
            {
                context.Properties.ExpiresUtc = context.Properties.IssuedUtc + TimeSpan.FromHours(8);
                context.ShouldRenew = true;
            }

            return Task.CompletedTask;
        };
    };
}
