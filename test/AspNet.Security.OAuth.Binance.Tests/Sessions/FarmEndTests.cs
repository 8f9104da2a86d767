using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A copy of a cookie whose session another process has ended or replaced. A process reads the state of a session when the tokens are due.
/// </summary>
public sealed class FarmEndTests
{
    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replaced_session_is_accepted_for_ten_minutes(bool elsewhere)
    {
        await using var farm = await Farm.StartAsync();
        var (browser, copy) = await DueAsync(farm, elsewhere ? farm.Second : farm.First);
        await browser.SignInAsync();
        var calls = farm.First.RefreshCalls;

        farm.First.Clock.Pass(_grace);
        Assert.True(await IsSignedInAsync(copy));
        farm.First.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.False(await IsSignedInAsync(copy));

        Assert.Equal(calls, farm.First.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Replaced_session_whose_tokens_become_due_at_another_process_is_not_refreshed()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var copy = browser.Copy(farm.Second);
        farm.First.Clock.Pass(StoreOutages.DueAge - TimeSpan.FromMinutes(5));
        await browser.SignInAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(5));

        for (var request = 0; request < 2; request++)
        {
            var response = await copy.SendAsync("/session");
            Assert.True(response.Session.SignedIn);
            Assert.Null(response.SessionCookie);
        }

        Assert.Equal(0, farm.First.RefreshCalls);
    }

    // The application renews the cookie with each response, before which the process reads the state.
    [Fact]
    public async Task First_of_three_sessions_is_accepted_by_a_process_that_knows_that_the_second_is_replaced()
    {
        await using var farm = await Farm.StartAsync(setup => setup.Cookie = cookie
            => cookie.Events.OnValidatePrincipal = context => Task.FromResult(context.ShouldRenew = true));
        var (browser, first) = await DueAsync(farm, farm.Second);
        await browser.SignInAsync();
        var second = browser.Copy(farm.Second);
        await browser.SignInAsync();

        Assert.True(await IsSignedInAsync(second));
        Assert.True(await IsSignedInAsync(first));
    }

    [Fact]
    public async Task Replaced_session_ends_when_another_process_ends_the_next_one()
    {
        await using var farm = await Farm.StartAsync();
        await using var third = await farm.StartNeighbourAsync();
        var (browser, copy) = await DueAsync(farm, farm.First);
        await browser.SignInAsync();

        await browser.At(farm.Second).GetAsync("/sign-out");

        Assert.False(await IsSignedInAsync(copy.At(farm.Second)));
        Assert.False(await IsSignedInAsync(copy.At(third)));

        // The process that replaced it does not look again in the ten minutes.
        farm.First.Clock.Pass(_grace + TimeSpan.FromSeconds(1));
        Assert.False(await IsSignedInAsync(copy.At(farm.First)));
    }

    // The response of the sign-out is lost, and the browser signs in with the cookie of the ended session.
    [Fact]
    public async Task Sign_in_over_a_session_that_another_process_ended_does_not_restore_it()
    {
        await using var farm = await Farm.StartAsync();
        await using var third = await farm.StartNeighbourAsync();
        var (browser, copy) = await DueAsync(farm, farm.First);
        await browser.At(farm.Second).SendAsync("/sign-out");
        await browser.SignInAsync();

        foreach (var process in new[] { farm.First, farm.Second, third })
        {
            Assert.False(await IsSignedInAsync(copy.At(process)));
        }

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(farm.First.Revoked());
    }

    [Fact]
    public async Task Sign_outs_of_one_session_by_two_processes_revoke_once()
    {
        await using var farm = await Farm.StartAsync();
        var (browser, copy) = await DueAsync(farm, farm.Second);

        await browser.GetAsync("/sign-out");
        await copy.GetAsync("/sign-out");

        Assert.Single(farm.First.Revoked());
        Assert.False(copy.HasSessionCookie);
    }

    [Fact]
    public async Task Another_process_deletes_the_cookie_of_an_ended_session()
    {
        await using var farm = await Farm.StartAsync();
        var (browser, copy) = await DueAsync(farm, farm.Second);
        await browser.SendAsync("/sign-out");

        var response = await copy.SendAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.True(response.DeletesSessionCookie);
    }

    // The browser may have received the cookie of a new session in the meantime.
    [Fact]
    public async Task Cookie_of_an_ended_session_is_not_deleted_after_two_sign_ins_at_the_process()
    {
        var page = new SlowPage();
        await using var farm = await Farm.StartAsync(setup => setup.Pages["/slow"] = page.ServeAsync);
        var (browser, copy) = await DueAsync(farm, farm.Second);
        await browser.SendAsync("/sign-out");
        var slow = await page.OpenAsync(copy);
        await farm.Second.SignedInAsync();
        await farm.Second.SignedInAsync();

        page.Respond();

        Assert.Null((await slow).SessionCookie);
    }

    // Ends are removed when the tickets have expired, at the next end.
    [Fact]
    public async Task End_after_the_tickets_of_earlier_sessions_have_expired_ends_its_session()
    {
        await using var farm = await Farm.StartAsync();
        await (await farm.First.SignedInAsync()).GetAsync("/sign-out");
        farm.First.Clock.Pass(TimeSpan.FromDays(15));
        var browser = await farm.First.SignedInAsync();
        var copy = browser.Copy();

        await browser.GetAsync("/sign-out");

        Assert.False(await IsSignedInAsync(copy));
    }

    // A browser with due tokens, and a copy of its cookies at a process.
    private static async Task<(SiteBrowser Browser, SiteBrowser Copy)> DueAsync(Farm farm, TestSite process)
    {
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        return (browser, browser.Copy(process));
    }

    // Without receiving a cookie, so that the copy stays as it is.
    private static async Task<bool> IsSignedInAsync(SiteBrowser copy) => (await copy.SendAsync("/session")).Session.SignedIn;
}
