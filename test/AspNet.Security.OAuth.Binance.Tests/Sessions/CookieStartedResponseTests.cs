using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page that reads a session, or signs out of it, after its response has started: no cookie can be written any more.
/// </summary>
public sealed class CookieStartedResponseTests
{
    // The cookie slides after 40 minutes, and the tokens are due from 55 minutes on.
    [Theory]
    [InlineData(false, "signed in")]
    [InlineData(true, "signed out")]
    public async Task A_session_that_slides_or_has_ended_is_read_after_the_response_started(bool hasEnded, string expected)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other", cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80));
            setup.Pages["/late"] = async context =>
            {
                await context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(context, "Other");
                await StartAsync(context);
                await context.Response.WriteAsync((await context.AuthenticateAsync("Other")).Succeeded ? "signed in" : "signed out", context.RequestAborted);
            };
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        var copy = browser.Copy();
        site.Clock.Pass(TimeSpan.FromMinutes(45));
        if (hasEnded)
        {
            await browser.GetAsync("/sign-out?scheme=Other");
        }

        var response = await copy.GetAsync("/late");

        Assert.Equal("begun, " + expected, response.Body);
        Assert.Empty(response.SetCookies);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_after_the_response_started_ends_the_session_and_revokes_at_once(SessionPlace place)
    {
        var revoked = 0;
        TestSite? running = null;
        await using var site = running = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/late"] = async context =>
            {
                await StartAsync(context);

                // The cookie handler cannot delete its cookie any more.
                await Record.ExceptionAsync(() => context.SignOutAsync());
                revoked = running!.Revocations.Count;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/late");

        Assert.Empty(response.SetCookies);
        Assert.Equal(1, revoked);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task StartAsync(HttpContext context)
    {
        await context.Response.WriteAsync("begun, ", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
