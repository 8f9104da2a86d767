using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The response starts while a refresh is under way: its cookie can no longer be written, and the next request gets the new tokens.
/// </summary>
public sealed class CookieRefreshAfterResponseStartTests
{
    /// <summary>Where the session is, whether it slides in the same request, and how many minutes later the next request comes.</summary>
    public static MatrixTheoryData<SessionPlace, bool, int> Cases => new(Enum.GetValues<SessionPlace>(), [false, true], [0, 9]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cases))]
    public async Task A_page_that_flushes_during_the_refresh_of_a_second_cookie_throws_nothing_and_loses_no_tokens(
        SessionPlace place, bool slides, int minutes)
    {
        var page = new FlushingPage("Other");
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (builder, _) => builder.AddCookie("Other", cookie => Configure(cookie, slides));
            setup.Pages["/flush"] = page.ServeAsync;
            new SessionStorage(place, "Other").Configure(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var answer = await page.RunAsync(site, () => browser.SendAsync("/flush"));

        Assert.Equal("begun, signed in", answer.Body);
        Assert.Empty(answer.SetCookies);
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var next = await browser.SessionAsync("Other");
        Assert.True(next.SignedIn);
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(next.RefreshToken!));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(next.RefreshToken, (await browser.SessionAsync("Other")).RefreshToken);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Cases))]
    public async Task Middleware_that_flushes_during_the_refresh_of_the_default_cookie_throws_nothing_and_loses_no_tokens(
        SessionPlace place, bool slides, int minutes)
    {
        var (flush, flushed) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, slides);
            setup.UseBefore(app => app.Use(async (context, next) =>
            {
                var rest = next(context);
                if (context.Request.Path == "/early")
                {
                    await flush.Task;
                    await context.Response.StartAsync(context.RequestAborted);
                    flushed.SetResult();
                }

                await rest;
            }));
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var early = browser.SendAsync("/early");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        flush.SetResult();
        await flushed.Task.WaitAsync(TestContext.Current.CancellationToken);
        hold.Release();

        Assert.Equal("a page", (await early).Body);
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var next = await browser.SessionAsync();
        Assert.True(next.SignedIn);
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(next.RefreshToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refusal_after_the_response_started_throws_nothing_and_ends_the_session_with_the_next_request(SessionPlace place)
    {
        var page = new FlushingPage("Other");
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (builder, _) => builder.AddCookie("Other", cookie => Configure(cookie, slides: false));
            setup.Pages["/flush"] = page.ServeAsync;
            new SessionStorage(place, "Other").Configure(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var answer = await page.RunAsync(site, () => browser.SendAsync("/flush"));

        Assert.Equal("begun, signed out", answer.Body);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Equal(1, site.RefreshCalls);

        // A key whose session the store no longer has is no session; the cookie handler leaves it in the browser.
        Assert.Equal(place is SessionPlace.Cookie, browser.CookieHeader.Length == 0);
    }

    private static void Configure(CookieAuthenticationOptions cookie, bool slides) => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(slides ? 80 : 300);

    /// <summary>Authenticates a cookie, and begins its response when its test says so.</summary>
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
        public async Task<SiteAnswer> RunAsync(LifetimeSite site, Func<Task<SiteAnswer>> send)
        {
            using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
            var answer = send();
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            _flush.SetResult();
            await _flushed.Task.WaitAsync(TestContext.Current.CancellationToken);
            hold.Release();
            return await answer;
        }
    }
}
