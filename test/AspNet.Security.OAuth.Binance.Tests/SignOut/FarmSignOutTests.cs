using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// The sign-outs of one session by two processes of a farm: each reads the cache for the end of the other one, and the tokens are revoked once.
/// </summary>
public sealed class FarmSignOutTests
{
    private const string End = ":session:";

    // The default of the cookie handler.
    private static readonly TimeSpan _cookieLife = TimeSpan.FromDays(14);
    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Later_sign_out_by_another_process_does_not_revoke_again()
    {
        await using var farm = await Farm.StartAsync();
        var (browser, there) = await SignInAsync(farm);
        await browser.GetAsync("/sign-out");
        farm.First.Clock.Pass(TimeSpan.FromSeconds(1));

        await there.SendAsync("/sign-out");

        Assert.Single(farm.First.Revoked());
        Assert.False((await there.SendAsync("/session")).Session.SignedIn);
    }

    [Fact(Timeout = 40_000)]
    public async Task End_of_another_process_is_read_before_the_own_one_is_written()
    {
        await using var farm = await Farm.StartAsync();
        var (browser, there) = await SignInAsync(farm);
        await browser.GetAsync("/sign-out");
        farm.First.Clock.Pass(TimeSpan.FromMinutes(1));
        var written = farm.Store.Written.Count;
        var read = farm.Store.Commands.Hold(StoreCommand.Get, End);
        var waits = farm.First.Clock.NextTimer(_readTimeout);

        var signOut = there.SendAsync("/sign-out");
        await read.Reached;
        await waits;
        Assert.Equal(written, farm.Store.Written.Count);
        read.Release();
        await signOut;

        Assert.Single(farm.First.Revoked());
    }

    // The own end is written after a second, and is what the read finds.
    [Fact(Timeout = 40_000)]
    public async Task Own_end_is_not_taken_for_that_of_another_process_when_the_cache_is_slow_to_read()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var read = farm.Store.Commands.Hold(StoreCommand.Get, End);
        var written = farm.Store.Commands.Next(StoreCommand.Set, End);
        var waits = farm.First.Clock.NextTimer(_readTimeout);

        var signOut = browser.SendAsync("/sign-out");
        await read.Reached;
        await waits;
        farm.First.Clock.Pass(_readTimeout);
        await written;
        read.Release();
        browser.Receive(await signOut);

        Assert.Single(farm.First.Revoked());
        Assert.False(browser.HasSessionCookie);
    }

    [Fact]
    public async Task End_of_a_session_that_never_expires_has_no_expiry_and_its_tokens_are_revoked_once()
    {
        await using var farm = await Farm.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnSigningIn = context =>
        {
            context.Properties.ExpiresUtc = null;
            return Task.CompletedTask;
        });
        var (browser, there) = await SignInAsync(farm);

        foreach (var process in new[] { browser, there })
        {
            farm.First.Clock.Pass(TimeSpan.FromMinutes(1));
            await process.SendAsync("/sign-out");
        }

        Assert.Single(farm.First.Revoked());
        AssertLives(farm, null);
    }

    // Another copy of the cookie may have slid immediately before the sign-out.
    [Fact]
    public async Task End_expires_when_no_cookie_of_the_session_can_be_valid()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(10));

        await browser.GetAsync("/sign-out");

        AssertLives(farm, _cookieLife);
    }

    private static async Task<(SiteBrowser Browser, SiteBrowser There)> SignInAsync(Farm farm)
    {
        var browser = await farm.First.SignedInAsync();
        return (browser, browser.Copy(farm.Second));
    }

    private static void AssertLives(Farm farm, TimeSpan? life)
    {
        var ends = farm.Store.Written.Where(entry => entry.Key.Contains(End, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(ends);
        Assert.All(ends, entry => Assert.Equal(life, entry.Life));
    }
}
