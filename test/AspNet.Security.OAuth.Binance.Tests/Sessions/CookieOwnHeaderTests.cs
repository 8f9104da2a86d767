using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page that sets the session's cookie itself, with the value of the request: the response has one Set-Cookie header for the name
/// (RFC 6265 section 4.1.1).
/// </summary>
public sealed class CookieOwnHeaderTests
{
    [Fact]
    public async Task The_cookie_with_new_tokens_replaces_that_of_the_page()
    {
        await using var site = await StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        var response = await browser.GetAsync("/keep");

        Assert.Single(response.SetCookies);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task The_deletion_of_an_ended_session_s_cookie_replaces_that_of_the_page()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();
        await browser.GetAsync("/sign-out");

        var response = await copy.GetAsync("/keep");

        Assert.True(response.DeletesSessionCookie);
        Assert.False(copy.HasSessionCookie);
    }

    private static Task<TestSite> StartAsync() => TestSite.StartAsync(setup => setup.Pages["/keep"] = context =>
    {
        context.Response.Cookies.Append(SiteResponse.CookieName, context.Request.Cookies[SiteResponse.CookieName]!);
        return context.Response.WriteAsync("kept", context.RequestAborted);
    });
}
