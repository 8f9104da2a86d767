using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Callbacks that sign in twice, fail after the session was stored, or are delivered again after that.
/// </summary>
public sealed class CallbackSessionTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_callback_in_which_the_application_signs_in_as_well_leaves_a_live_session(bool onServer, bool signedInBefore)
    {
        await using var site = await ProbedSite.StartAsync(setup =>
        {
            ProbedSite.Configure(setup, onServer);
            setup.Binance = options => options.Events.OnTicketReceived = context
                => context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
        });
        var browser = signedInBefore ? await site.Site.SignedInAsync() : site.Site.Browser();

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_delivery_that_fails_after_it_has_stored_the_session_leaves_that_of_another_delivery_alone(bool onServer, bool overlap)
    {
        var (reached, fail) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await ProbedSite.StartAsync(setup =>
        {
            ProbedSite.Configure(setup, onServer);
            setup.Binance = options => options.FailurePath = "/failed";
            setup.Cookie = cookie => cookie.Events.OnSignedIn = async _ =>
            {
                if (reached.TrySetResult())
                {
                    await fail.Task;
                    throw new InvalidOperationException("The application turns the first delivery away.");
                }
            };
        });
        var browser = site.Site.Browser();
        var callback = await browser.ConsentAsync();
        var again = browser.Copy();

        var first = browser.ComeBackAsync(callback);
        await reached.Task;
        if (!overlap)
        {
            fail.SetResult();
            await first;
        }

        again.Receive(await again.ComeBackAsync(callback));
        fail.TrySetResult();
        await first;

        Assert.True(again.HasSession);
        Assert.True((await again.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_callback_that_fails_because_the_cache_does_leaves_the_session_before_as_it_was()
    {
        Func<Task>? fails = null;
        ProbedSite? started = null;
        await using var site = started = await ProbedSite.StartAsync(setup =>
        {
            setup.Binance = options => options.FailurePath = "/failed";
            setup.Cookie = cookie => cookie.Events.OnSignedIn = _ =>
            {
                started!.Store.InsteadOfRead = fails;
                return Task.CompletedTask;
            };
        });
        var browser = await site.Site.SignedInAsync();
        var callback = await browser.ConsentAsync();
        fails = () => throw new InvalidOperationException("The cache is away.");

        var answer = await browser.ComeBackAsync(callback);

        (fails, site.Store.InsteadOfRead) = (null, null);
        browser.Receive(answer);
        Assert.StartsWith("/failed", answer.Location!.OriginalString, StringComparison.Ordinal);
        site.Site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_all_sessions_were_ended_does_not_open_the_key_of_the_first_again()
    {
        await using var site = await ProbedSite.StartAsync();
        var browser = site.Site.Browser();
        var callback = await browser.ConsentAsync();
        var again = browser.Copy();
        browser.Receive(await browser.ComeBackAsync(callback));
        var user = (await browser.SessionAsync()).UserId!;
        await EndDuringRequestTests.LoseIndexAsync(site);
        await site.Sessions.EndAllAsync(user, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False((await browser.SessionAsync()).SignedIn);

        await again.ComeBackAsync(callback);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
