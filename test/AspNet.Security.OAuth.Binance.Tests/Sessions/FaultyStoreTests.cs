using System.Net;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A store that writes slowly or fails: it restores no ended session, and every page is served.
/// </summary>
public sealed class FaultyStoreTests
{
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_write_does_not_restore_a_signed_out_session(SessionPlace place)
    {
        var (sessions, write) = (new SessionStorage(place), new Held());
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await site.WithExpiredTokenAsync();
        var kept = browser.Copy();
        sessions.BeforeRenewal = write.WaitAsync;
        var due = browser.SendAsync("/");
        await write.Reached;
        await browser.Copy().GetAsync("/sign-out");

        write.Release();
        await due;

        Assert.Empty(sessions.Entries);
        Assert.False((await kept.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_write_does_not_restore_a_session_that_another_process_signed_out(SessionPlace place)
    {
        var (sessions, write) = (new SessionStorage(place), new Held());
        await using var farm = await Farm.StartAsync(sessions.Configure);
        var browser = await farm.First.WithExpiredTokenAsync();
        sessions.BeforeRenewal = write.WaitAsync;
        var due = browser.SendAsync("/");
        await write.Reached;
        await browser.Copy(farm.Second).GetAsync("/sign-out");

        write.Release();
        await due;

        Assert.False((await browser.Copy(farm.Second).SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(sessions.Entries);
    }

    // A cache command may take three seconds.
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_write_of_a_slide_does_not_overwrite_newer_tokens(SessionPlace place)
    {
        var (sessions, write) = (new SessionStorage(place), new Held());
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => (cookie.SlidingExpiration, cookie.ExpireTimeSpan) = (true, TimeSpan.FromMinutes(100));
            sessions.Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(55) - TimeSpan.FromSeconds(1));
        sessions.BeforeRenewal = write.WaitAsync;
        var slide = browser.SendAsync("/");
        await write.Reached;
        site.Clock.Pass(TimeSpan.FromSeconds(1));
        await browser.GetAsync("/session");
        Assert.Equal(1, site.RefreshCalls);

        write.Release();
        browser.Receive(await slide);
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // The error page runs in a scope of its own, which authenticates the request again.
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_before_the_refreshed_session_is_stored_makes_no_second_refresh(SessionPlace place)
    {
        var (sessions, write) = (new SessionStorage(place), new Held());
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/error",
                CreateScopeForErrors = true,
            });
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
            sessions.Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();
        sessions.BeforeRenewal = write.WaitAsync;
        var due = browser.SendAsync("/");
        await write.Reached;

        await browser.SendAsync("/throws");
        write.Release();
        await due;

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_page_is_served_when_the_store_cannot_be_written(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        sessions.BeforeRenewal = static () => throw new IOException("no writes");

        var response = await browser.GetAsync("/session");

        Assert.True(response.Session.SignedIn);
        sessions.BeforeRenewal = null;
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_cannot_be_written_does_not_prevent_the_deletion_of_another_cookie(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place, "Cookies"));
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(90), true);
            setup.Authentication = builder => builder.AddCookie("Second");
            setup.Pages["/slow"] = async context =>
            {
                var second = await context.AuthenticateAsync("Second");
                await page.WaitAsync();
                await context.SignInAsync("Second", second.Principal!, second.Properties);
            };
            sessions.Configure(setup);
        });
        var browser = await site.SignedInAsync();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        site.Clock.Pass(TimeSpan.FromMinutes(50));
        var slow = await page.OpenAsync(browser);
        await browser.GetAsync("/sign-out?scheme=Second");
        sessions.BeforeRenewal = static () => throw new IOException("no writes");

        page.Respond();
        browser.Receive(await slow);

        Assert.False(browser.HasCookie(".AspNetCore.Second"));
    }

    [Fact]
    public async Task A_challenge_succeeds_when_the_store_cannot_be_read()
    {
        var store = new CookieTicketStore();
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder
            => builder.AddCookie("Second", cookie => cookie.SessionStore = store));
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        store.BeforeRead = static () => throw new IOException("no reads");

        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/login")).Status);
    }

    private sealed class Held
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _writes;

        public Task Reached => _reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        public void Release() => _release.SetResult();

        /// <summary>Holds the first write.</summary>
        public Task WaitAsync()
        {
            _reached.TrySetResult();
            return Interlocked.Increment(ref _writes) == 1 ? _release.Task : Task.CompletedTask;
        }
    }
}
