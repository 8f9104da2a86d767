using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Errors that the server itself responds to, with its own headers only or by closing the connection: on Kestrel, because the in-memory
/// server passes a page's exception on to its caller. The browser keeps the cookie of before, and the outcome of the refresh is remembered.
/// </summary>
public sealed class LostResponseTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_server_s_own_error_response_has_no_cookie_and_the_old_one_is_signed_in_without_a_second_refresh(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/throws");

        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        Assert.Empty(error.SetCookies);
        await AssertRefreshedOnceAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_connection_that_the_page_aborts_leaves_the_old_cookie_signed_in_without_a_second_refresh(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Pages["/aborts"] = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetAsync("/aborts"));

        await AssertRefreshedOnceAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_under_an_exception_handler_keeps_the_renewed_session_on_kestrel_too(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/throws");

        Assert.Equal(place is SessionPlace.Cookie ? 1 : 0, error.SetCookies.Count(cookie => cookie.Name.Value == SiteAnswer.CookieName));
        await AssertRefreshedOnceAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_after_the_response_started_has_sent_the_renewed_cookie_or_stored_the_session(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
            setup.Pages["/throws"] = async context =>
            {
                await context.Response.StartAsync();
                throw new InvalidDataException("after the headers");
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/throws"));
        request.Headers.Add("Cookie", browser.CookieHeader);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        if (place is SessionPlace.Cookie)
        {
            var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith(SiteAnswer.CookieName + "=", cookie, StringComparison.Ordinal);
            Assert.Equal(1, site.RefreshCalls);
            return;
        }

        Assert.False(response.Headers.Contains("Set-Cookie"));

        // Later than the outcome of the refresh is remembered.
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        await AssertRefreshedOnceAsync(site, browser);
    }

    private static async Task AssertRefreshedOnceAsync(LifetimeSite site, LifetimeBrowser browser)
    {
        site.Clock.Pass(TimeSpan.FromSeconds(70));
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }
}
