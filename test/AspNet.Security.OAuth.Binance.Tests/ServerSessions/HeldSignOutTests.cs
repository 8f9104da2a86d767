using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A sign-out whose page takes long, while other requests change the session or the cookie.
/// </summary>
public sealed class HeldSignOutTests
{
    [Theory]
    [InlineData(11, 1)]
    [InlineData(61, 2)]
    public async Task A_sign_out_that_takes_longer_than_an_outcome_is_kept_revokes_the_stored_tokens(int minutes, int refreshes)
    {
        var page = new SlowPage();
        await using var site = await StartAsync(page);
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        page.Respond();
        await slow;

        Assert.Equal(refreshes, site.RefreshCalls);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_out_of_a_session_that_is_over_leaves_the_session_that_was_signed_in_meanwhile(bool refused)
    {
        var page = new SlowPage();
        await using var site = await StartAsync(page);
        var browser = await site.SignedInAsync();
        if (refused)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
            site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);
        }
        else
        {
            await site.Store().RemoveAsync(Assert.Single(site.Store().Tickets()), TestContext.Current.CancellationToken);
        }

        var slow = await page.OpenAsync(browser);
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
        page.Respond();
        browser.Receive(await slow);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    private static Task<TestSite> StartAsync(SlowPage page) => ServerSite.StartAsync(setup =>
    {
        setup.Cookie = static cookie => cookie.ExpireTimeSpan = TimeSpan.FromHours(3);
        setup.Pages["/slow"] = async context =>
        {
            await page.WaitAsync();
            await context.SignOutAsync();
        };
    });
}
