using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

using AspNet.Security.OAuth.Binance.Tests.Challenge.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// The framework's handlers give their correlation cookies the same prefix for all schemes: this provider must not delete the cookies of
/// their sign-ins.
/// </summary>
public sealed class ForeignCorrelationCookieTests
{
    private static readonly Uri _site = new("https://localhost/login");

    [Fact]
    public async Task Cookies_of_other_providers_are_neither_counted_nor_deleted()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        await browser.BeginAsync(site.Clock, 1);
        var own = Assert.Single(browser.Correlations()).Name;
        var foreign = Enumerable.Range(0, 20).Select(_ => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)))
            .Concat(["", "Binance", "Google.abc", "0", new string('0', 43), new string('A', 43), new string('9', 20), Alike(own)])
            .Select(id => CorrelationCookies.Prefix + id)
            .ToArray();
        browser.Jar.Receive(_site, foreign.Select(name => new SetCookieHeaderValue(name, "N") { Path = "/", Secure = true }));

        var challenges = await browser.BeginAsync(site.Clock, 12, TimeSpan.FromMinutes(1));

        var names = browser.Correlations().Select(cookie => cookie.Name).ToArray();
        Assert.Equal(foreign.Order(StringComparer.Ordinal), names.Intersect(foreign).Order(StringComparer.Ordinal));
        Assert.Equal(CorrelationCookies.Limit, names.Except(foreign).Count());
        await browser.AssertSignsInAsync(challenges[^1]);
    }

    // The end of the year 9999, and a millisecond later, which no date is. Anybody who can write cookies can write such a name.
    [Theory]
    [InlineData(253_402_300_799_999, true)]
    [InlineData(253_402_300_800_000, false)]
    public async Task A_cookie_is_deleted_by_the_time_in_its_name_if_that_is_a_time(long milliseconds, bool isDeleted)
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        var id = new byte[38];
        BinaryPrimitives.WriteInt64BigEndian(id, milliseconds << 16);
        var name = CorrelationCookies.Prefix + Base64Url.EncodeToString(id);
        browser.Jar.Receive(_site, [new SetCookieHeaderValue(name, "N") { Path = "/", Secure = true }]);

        var challenge = Assert.Single(await browser.BeginAsync(site.Clock, 1));

        Assert.Equal(!isDeleted, browser.HasCookie(name));
        await browser.AssertSignsInAsync(challenge);
    }

    [Fact]
    public async Task A_sign_in_that_was_started_with_the_framework_s_handler_can_be_finished()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = schemes => schemes.AddOAuth("Framework", options =>
        {
            (options.ClientId, options.ClientSecret) = ("the-client", "the-secret");
            options.CallbackPath = "/signin-framework";
            options.AuthorizationEndpoint = new Uri(binance.Address, "/authorize").AbsoluteUri;
            options.TokenEndpoint = new Uri(binance.Address, BinanceStub.TokenPath).AbsoluteUri;
            options.CorrelationCookie.Path = "/";
        }));
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?scheme=Framework&returnUrl=/framework");
        for (var i = 0; i < 20; i++)
        {
            site.Clock.Advance(TimeSpan.FromSeconds(10));
            await browser.ChallengeAsync();
        }

        var response = await browser.ReturnWithCodeAsync(request, "/signin-framework");

        Assert.Equal("/framework", response.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Sign_ins_of_two_binance_schemes_are_independent()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AddAnother());
        site.AllowCallbacks("https://localhost/other");
        var browser = site.BrowserWithTls();
        List<SiteResponse> challenges = [];
        for (var i = 0; i < CorrelationCookies.Limit / 2; i++)
        {
            challenges.AddRange(await browser.BeginAsync(site.Clock, 1, TimeSpan.FromMinutes(1)));
            challenges.AddRange(await browser.BeginAsync(site.Clock, 1, TimeSpan.FromMinutes(1), "/login?scheme=Other"));
        }

        foreach (var challenge in challenges)
        {
            await browser.AssertSignsInAsync(challenge);
        }

        Assert.Empty(browser.Correlations());
    }

    // The header of a request has the cookies of both.
    [Fact]
    public async Task Two_binance_schemes_share_the_limit_of_eight_cookies()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AddAnother());
        site.AllowCallbacks("https://localhost/other");
        var browser = site.BrowserWithTls();

        await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1));
        var challenges = await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1), "/login?scheme=Other");

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        await browser.AssertSignsInAsync(challenges[^1]);
    }

    // A site may give the cookies of two schemes different names.
    [Fact]
    public async Task A_scheme_with_another_cookie_name_keeps_its_sign_ins()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AddAnother(options => options.CorrelationCookie.Name = "other."));
        site.AllowCallbacks("https://localhost/other");
        var browser = site.BrowserWithTls();
        var others = await browser.BeginAsync(site.Clock, 1, login: "/login?scheme=Other");

        await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1));

        Assert.Single(browser.Correlations("other."));
        await browser.AssertSignsInAsync(others[0]);
    }

    // An id in the framework's form, 43 characters of base64url, which starts like this provider's.
    private static string Alike(string own)
    {
        var id = own[CorrelationCookies.Prefix.Length..];
        return string.Concat(id.PadRight(43, 'A')[..43].Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : 'A'));
    }
}
