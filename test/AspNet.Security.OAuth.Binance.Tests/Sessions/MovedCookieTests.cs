using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page that signs in to other cookies with the properties of its sessions, and signs out of theirs. A sign-in writes a new session id into the same properties.
/// </summary>
public sealed class MovedCookieTests
{
    private static readonly TimeSpan _life = TimeSpan.FromMinutes(80);

    // The cookies slide in the request of the page.
    [Fact]
    public async Task Copies_of_cookies_whose_sessions_moved_to_other_cookies_stay_signed_out()
    {
        (string From, string To)[] moves = [("Cookies", "Third"), ("Second", "Fourth")];
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = _life;
            setup.Authentication = builder => builder.AddCookie("Second", cookie => cookie.ExpireTimeSpan = _life).AddCookie("Third").AddCookie("Fourth");
            setup.Pages["/move"] = async context =>
            {
                foreach (var (from, to) in moves)
                {
                    var session = await context.AuthenticateAsync(from);
                    await context.SignInAsync(to, session.Principal!, session.Properties);
                    await context.SignOutAsync(from);
                }
            };
        });
        var browser = await site.SignedInAsync();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        var copy = browser.Copy();
        site.Clock.Pass(TimeSpan.FromMinutes(45));

        await browser.GetAsync("/move");

        foreach (var (from, to) in moves)
        {
            Assert.True((await browser.SessionAsync(to)).SignedIn);
            Assert.False((await browser.SessionAsync(from)).SignedIn);
            Assert.False((await copy.SessionAsync(from)).SignedIn);
        }

        Assert.Empty(site.Revocations);
    }
}
