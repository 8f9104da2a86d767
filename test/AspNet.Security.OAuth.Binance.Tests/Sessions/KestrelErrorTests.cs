using System.Net;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Errors that Kestrel responds to with its own headers, or by closing the connection; the in-memory server passes a page's exception on to
/// its caller. The browser keeps its old cookie, and the outcome of the refresh is kept.
/// </summary>
public sealed class KestrelErrorTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task After_the_server_s_own_error_response_the_old_cookie_is_signed_in_without_a_second_refresh(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup =>
        {
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
        });
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/throws");

        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        Assert.Empty(error.SetCookies);
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task After_an_aborted_connection_the_old_cookie_is_signed_in_without_a_second_refresh(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup =>
        {
            setup.Pages["/aborts"] = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            };
        });
        var browser = await site.WithExpiredTokenAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => browser.GetAsync("/aborts"));

        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_under_an_exception_handler_keeps_the_renewed_session(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
        });
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/throws");

        Assert.Equal(place is SessionPlace.Cookie ? 1 : 0, error.SetCookies.Count(cookie => cookie.Name.Value == SiteResponse.CookieName));
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_after_the_response_started_keeps_the_renewed_session(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
            setup.Pages["/throws"] = async context =>
            {
                await context.Response.StartAsync();
                throw new InvalidDataException("after the headers");
            };
        });
        var browser = await site.WithExpiredTokenAsync();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/throws"));
        request.Headers.Add("Cookie", browser.CookieHeader());

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        if (place is SessionPlace.Cookie)
        {
            var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith(SiteResponse.CookieName + "=", cookie, StringComparison.Ordinal);
            Assert.Equal(1, site.RefreshCalls);
            return;
        }

        Assert.False(response.Headers.Contains("Set-Cookie"));

        // The outcome of the refresh is no longer kept.
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_out_and_throws_ends_the_session_and_revokes(SessionPlace place)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(place, setup => setup.Pages["/throws"] = async context =>
        {
            // OnCompleted callbacks run in reverse order, so that this one runs last.
            context.Response.OnCompleted(() =>
            {
                ended.SetResult();
                return Task.CompletedTask;
            });
            await context.SignOutAsync();
            throw new InvalidDataException("after the sign-out");
        });
        var browser = await site.SignedInAsync();

        var error = await browser.GetAsync("/throws");
        await ended.Task.WaitAsync(TestTimeout.Token);

        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(SessionPlace place, Action<SiteSetup> configure) => TestSite.StartAsync(setup =>
    {
        setup.UseKestrel = true;
        configure(setup);
        new SessionStorage(place).Configure(setup);
    });
}
