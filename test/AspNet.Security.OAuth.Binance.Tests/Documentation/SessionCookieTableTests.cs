using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The lengths of cookies in docs/scaling.md are the measured ones.
/// </summary>
public sealed class SessionCookieTableTests
{
    private const int ProxyBuffer = 8 * 1024;

    private static readonly string[] _rows = Repository.Table("docs/scaling.md", "characters of each token");

    public static TheoryData<int> Lengths => [36, 512, 1024, 2048, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Each_row_of_the_table_has_the_measured_length(int length)
    {
        using var binance = new BinanceStub();
        var (access, refresh) = (LongText.Of(length), LongText.Of(length, seed: 2));
        binance.Respond(BinanceStub.TokenPath, $$"""{"access_token":"{{access}}","refresh_token":"{{refresh}}","token_type":"bearer","expires_in":30714}""");
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var response = await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        var (cookies, session) = (browser.Jar.Cookies.Count, browser.CookieHeader("/").Length);
        var headers = response.Headers.Sum(header => header.Value.Sum(value => Line(header.Key, value.Length)));
        await BeginManyAsync(browser);
        var request = Line("Cookie", browser.CookieHeader("/").Length);
        var row = string.Create(CultureInfo.InvariantCulture, $"| {length} | {cookies} | {session} bytes | {Fits(request)} | {headers} bytes | {Fits(headers)} |");
        Assert.Contains(row, _rows);
    }

    [Fact]
    public void The_table_has_no_other_row() => Assert.Equal(Lengths.Count, _rows.Length);

    [Fact]
    public async Task Cookies_of_unfinished_sign_ins_have_the_documented_length()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await BeginManyAsync(browser);

        Assert.Contains($"at most {browser.CookieHeader("/").Length} bytes", Repository.Read("docs/scaling.md"), StringComparison.Ordinal);
    }

    private static async Task BeginManyAsync(SiteBrowser browser)
    {
        for (var i = 0; i < 20; i++)
        {
            await browser.ChallengeAsync();
        }
    }

    private static int Line(string name, int length) => name.Length + ": ".Length + length + "\r\n".Length;

    private static string Fits(int bytes) => bytes <= ProxyBuffer ? "yes" : "no";
}
