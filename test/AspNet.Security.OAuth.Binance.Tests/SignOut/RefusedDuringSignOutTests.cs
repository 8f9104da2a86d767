using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A session in the application's ticket store continues without its refused tokens, while its user signs out.
/// </summary>
public sealed class RefusedDuringSignOutTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Slow_write_after_a_refusal_does_not_restore_a_signed_out_session()
    {
        var sessions = new SessionStorage(SessionPlace.TicketStore);
        await using var site = await TestSite.StartAsync(setup =>
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
