using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A session in the application's own store, whose tokens are refused and which goes on without them, while its user signs out.
/// </summary>
public sealed class RefusedDuringSignOutTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task A_refusal_that_is_written_slowly_does_not_bring_back_a_session_that_was_signed_out()
    {
        var sessions = new SessionStorage(SessionPlace.TicketStore);
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.AddLogout();
            setup.Binance = options => options.EndSessionWhenRefused = false;
            sessions.Configure(setup);
        });
        var (browser, _) = await site.DueAsync(expired: false);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));
        var (reached, written) = (new TaskCompletionSource(), new TaskCompletionSource());
        sessions.BeforeRenewal = () =>
        {
            reached.TrySetResult();
            return written.Task;
        };
        var page = browser.SendAsync("/session");
        await reached.Task.WaitAsync(Stop);

        await browser.Copy().GetWithinLogoutAsync(site.Clock);
        written.SetResult();
        await page;

        Assert.Empty(sessions.Entries);
    }
}
