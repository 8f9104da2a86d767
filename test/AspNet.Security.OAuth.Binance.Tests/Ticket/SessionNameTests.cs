
namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// The id of a session, by which its end is recorded: with a shared id, the end of one session would end another.
/// </summary>
public sealed class SessionNameTests
{
    [Fact]
    public async Task Each_sign_in_has_a_session_id_of_its_own()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        List<string> names = [];

        // More than one buffer of random bytes contains.
        for (var i = 0; i < 300; i++)
        {
            var browser = site.Browser();
            await browser.SignInAsync();
            names.Add(await NameAsync(browser));
        }

        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{8}$", name));
        Assert.Distinct(names);
    }

    [Fact]
    public async Task A_callback_repeated_after_its_outcome_has_expired_has_another_session_id()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var (browser, other) = (site.Browser(), site.Browser());
        var request = await browser.ChallengeAsync();
        foreach (var cookie in browser.Jar.Cookies)
        {
            other.Jar.Add(cookie);
        }

        await browser.ReturnWithCodeAsync(request);
        site.Clock.Advance(TimeSpan.FromSeconds(60));
        await other.ReturnWithCodeAsync(request);

        Assert.NotEqual(await NameAsync(browser), await NameAsync(other));
    }

    private static async Task<string> NameAsync(SiteBrowser browser) => (await browser.SessionAsync()).Items[".bn"]!;
}
