namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The name by which a session is known to have ended: of two sessions with one name, the end of one would end the other.
/// </summary>
public sealed class SessionNameTests
{
    [Fact]
    public async Task Each_sign_in_begins_a_session_with_a_name_of_its_own()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        List<string> names = [];

        // More than there are in one helping of random bytes.
        for (var i = 0; i < 300; i++)
        {
            var browser = new SiteBrowser(site);
            using var response = await browser.SignInAsync();
            names.Add(await NameAsync(browser));
        }

        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{8}$", name));
        Assert.Distinct(names);
    }

    [Fact]
    public async Task A_sign_in_that_is_finished_again_when_its_outcome_is_forgotten_has_a_session_of_another_name()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var (browser, other) = (new SiteBrowser(site), new SiteBrowser(site));
        var request = await browser.ChallengeAsync();
        foreach (var (name, cookie) in browser.Cookies)
        {
            other.Cookies[name] = cookie;
        }

        using var response = await browser.ComeBackWithCodeAsync(request);
        site.Time.Advance(TimeSpan.FromSeconds(60));
        using var otherResponse = await other.ComeBackWithCodeAsync(request);

        Assert.NotEqual(await NameAsync(browser), await NameAsync(other));
    }

    private static async Task<string> NameAsync(SiteBrowser browser) => (await browser.SessionAsync()).Items[".bn"]!;
}
