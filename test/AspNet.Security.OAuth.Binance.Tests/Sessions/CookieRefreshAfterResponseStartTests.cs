using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The response starts during a refresh: its cookie can no longer be written, and the next request gets the new tokens.
/// </summary>
public sealed class CookieRefreshAfterResponseStartTests
{
    /// <summary>Where the session is, whether it slides in the same request, and after how many minutes the next request is sent.</summary>
    public static MatrixTheoryData<SessionPlace, bool, int> Cases => new(Enum.GetValues<SessionPlace>(), [false, true], [0, 9]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cases))]
    public async Task A_page_that_flushes_during_the_refresh_of_a_second_cookie_loses_no_tokens(
        SessionPlace place, bool slides, int minutes)
    {
        var page = new FlushingPage("Other");
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other", cookie => Configure(cookie, slides));
            setup.Pages["/flush"] = page.ServeAsync;
            new SessionStorage(place, "Other").Configure(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var response = await page.RunAsync(site, () => browser.SendAsync("/flush"));

        Assert.Equal("begun, signed in", response.Body);
        Assert.Empty(response.SetCookies);
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var next = await browser.SessionAsync("Other");
        Assert.True(next.SignedIn);
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(next.RefreshToken!));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(next.RefreshToken, (await browser.SessionAsync("Other")).RefreshToken);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cases))]
    public async Task Middleware_that_flushes_during_the_refresh_of_the_default_cookie_loses_no_tokens(
        SessionPlace place, bool slides, int minutes)
    {
        var early = new EarlyResponse();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, slides);
            setup.UseBefore(early.Use);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        Assert.Equal("a page", (await early.RunAsync(site, browser)).Body);
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var next = await browser.SessionAsync();
        Assert.True(next.SignedIn);
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(next.RefreshToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refusal_after_the_response_started_ends_the_session_with_the_next_request(SessionPlace place)
    {
        var page = new FlushingPage("Other");
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other", cookie => Configure(cookie, slides: false));
            setup.Pages["/flush"] = page.ServeAsync;
            new SessionStorage(place, "Other").Configure(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var response = await page.RunAsync(site, () => browser.SendAsync("/flush"));

        Assert.Equal("begun, signed out", response.Body);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Equal(1, site.RefreshCalls);

        // The cookie handler does not delete a key without an entry.
        Assert.Equal(place is SessionPlace.Cookie, browser.CookieHeader().Length == 0);
    }

    private static void Configure(CookieAuthenticationOptions cookie, bool slides) => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(slides ? 80 : 300);

    /// <summary>Authenticates a cookie, and starts its response when the test allows it.</summary>
    private sealed class FlushingPage(string scheme)
    {
        private readonly TaskCompletionSource _flush = new();
        private readonly TaskCompletionSource _flushed = new();

        public async Task ServeAsync(HttpContext context)
        {
            var session = context.AuthenticateAsync(scheme);
            await _flush.Task;
            await context.Response.WriteAsync("begun, ", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            _flushed.SetResult();
            await context.Response.WriteAsync((await session).Succeeded ? "signed in" : "signed out", context.RequestAborted);
        }

        /// <summary>Sends the request, and lets the response start between the token request and its response.</summary>
        public async Task<SiteResponse> RunAsync(TestSite site, Func<Task<SiteResponse>> send)
        {
            using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
            var response = send();
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            _flush.SetResult();
            await _flushed.Task.WaitAsync(TestContext.Current.CancellationToken);
            hold.Release();
            return await response;
        }
    }
}
