using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Callbacks that sign in twice, fail after the session is stored, or are delivered again.
/// </summary>
public sealed class CallbackSessionTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(SessionPlace.Server, false)]
    [InlineData(SessionPlace.Server, true)]
    [InlineData(SessionPlace.Cookie, false)]
    [InlineData(SessionPlace.Cookie, true)]
    public async Task A_callback_in_which_the_application_also_signs_in_leaves_a_live_session(SessionPlace place, bool signedInBefore)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = context
                => context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
            new SessionStorage(place).Configure(setup);
        });
        var browser = signedInBefore ? await site.SignedInAsync() : site.Browser();

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SessionPlace.Server, false)]
    [InlineData(SessionPlace.Server, true)]
    [InlineData(SessionPlace.Cookie, false)]
    [InlineData(SessionPlace.Cookie, true)]
    public async Task A_delivery_that_fails_after_storing_the_session_keeps_that_of_another_delivery(SessionPlace place, bool overlap)
    {
        var (reached, fail) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnSignedIn = async _ =>
            {
                if (reached.TrySetResult())
                {
                    await fail.Task;
                    throw new InvalidOperationException("The application rejects the first delivery.");
                }
            };
            new SessionStorage(place).Configure(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();

        var first = browser.DeliverCallbackAsync(callback);
        await reached.Task;
        if (!overlap)
        {
            fail.SetResult();
            await first;
        }

        again.Receive(await again.DeliverCallbackAsync(callback));
        fail.TrySetResult();
        await first;

        Assert.True(again.HasSessionCookie);
        Assert.True((await again.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_that_fails_after_storing_the_session_keeps_it_for_another_one_in_progress()
    {
        var (stored, joined) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (fail, complete) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await ServerSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnSignedIn = async _ =>
        {
            if (stored.TrySetResult())
            {
                await fail.Task;
                throw new InvalidOperationException("The application rejects the first delivery.");
            }

            joined.SetResult();
            await complete.Task;
        });
        var (browser, callback) = await site.ConsentedAsync();
        var first = browser.DeliverCallbackAsync(callback);
        await stored.Task;
        var second = browser.DeliverCallbackAsync(callback);
        await joined.Task;

        fail.SetResult();
        await first;
        complete.SetResult();
        browser.Receive(await second);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The second delivery may carry the cookie of another session.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_delivery_in_which_the_application_also_signs_in_leaves_the_session_as_it_is(bool overAnother)
    {
        var changes = false;
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = context
                => context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
            {
                if (changes)
                {
                    context.Principal!.Identities.First().AddClaim(new("role", "added"));
                    context.ShouldRenew = true;
                }

                return Task.CompletedTask;
            };
        });
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        if (overAnother)
        {
            again.Jar.Add((await site.SignedInAsync()).SessionCookie);
        }

        changes = true;
        await browser.GetAsync("/");
        changes = false;

        again.Receive(await again.DeliverCallbackAsync(callback));

        Assert.Equal("added", (await browser.SessionAsync()).Claim("role"));
        Assert.Equal("added", (await again.SessionAsync()).Claim("role"));
        Assert.Single(site.Store().Tickets());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_callback_that_fails_with_the_cache_keeps_the_previous_session()
    {
        Func<Task>? fails = null;
        TestSite? started = null;
        await using var site = started = await ServerSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnSignedIn = _ =>
            {
                started!.Store().InsteadOfRead = fails;
                return Task.CompletedTask;
            };
        });
        var browser = await site.SignedInAsync();
        var callback = await browser.ConsentAsync();
        fails = () => throw new InvalidOperationException("The cache is unavailable.");

        var response = await browser.DeliverCallbackAsync(callback);

        (fails, site.Store().InsteadOfRead) = (null, null);
        browser.Receive(response);
        Assert.StartsWith("/failed", response.Location!.OriginalString, StringComparison.Ordinal);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_delivery_after_all_sessions_ended_does_not_restore_the_first_key()
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        var user = (await browser.SessionAsync()).UserId!;
        site.Store().Lose(ServerSite.Index);
        await site.Sessions().EndAllAsync(user, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False((await browser.SessionAsync()).SignedIn);

        var response = await again.DeliverCallbackAsync(callback);

        Assert.Null(response.SessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
