using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The requested scopes in the response of <c>user</c>, through the life of a session.
/// </summary>
public sealed class UserSessionTests
{
    private static readonly TimeSpan _tokenLife = TimeSpan.FromSeconds(30714);
    private static readonly string[] _own = ["user:openId", "create:apikey"];

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Scopes_of_a_challenge_are_kept_through_refreshes_and_sliding(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await ConnectAsync(site);
        Assert.Equal(_own, await ScopesAsync(browser));

        site.Clock.Advance(_tokenLife);
        Assert.Equal(_own, await ScopesAsync(browser));
        Assert.Equal(2, binance.TokenRequests.Count);

        site.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(_own, await ScopesAsync(browser));
        site.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(_own, await ScopesAsync(browser));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_a_session_has_the_scopes_of_its_own(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await ConnectAsync(site);

        await browser.SignInAsync();
        Assert.Equal(["user:openId"], await ScopesAsync(browser));

        await ConnectAsync(browser);
        Assert.Equal(_own, await ScopesAsync(browser));
    }

    // A page that changes the claims signs in with the ticket's properties.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_with_the_session_s_properties_keeps_its_scopes(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            await context.SignInAsync("Cookies", session.Principal!, session.Properties);
        });
        var browser = await ConnectAsync(site);

        await browser.GetAsync("/again");

        Assert.Equal(_own, await ScopesAsync(browser));
    }

    // A page that needs another consent may challenge with the ticket's properties.
    [Fact]
    public async Task A_challenge_with_the_session_s_properties_has_the_scopes_of_its_own()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            session.Properties!.RedirectUri = "/";
            await context.ChallengeAsync("Binance", session.Properties);
        });
        var browser = await ConnectAsync(site);

        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/again"));

        Assert.Equal("/", response.LocationHeader);
        Assert.Equal(["user:openId"], await ScopesAsync(browser));
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Scopes_of_the_options_are_the_current_ones_and_scopes_of_a_challenge_are_kept(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        var connected = await ConnectAsync(site);

        site.Options.Scope.Add("user:email");

        Assert.Equal(["user:openId", "user:email"], await ScopesAsync(browser));
        Assert.Equal(_own, await ScopesAsync(connected));
    }

    [Fact]
    public async Task Scopes_of_a_challenge_that_are_those_of_the_options_are_not_kept()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        var plain = await site.SignedInAsync();

        await ConnectAsync(browser, "user:openId");

        Assert.Equal(["user:openId"], await ScopesAsync(browser));
        Assert.Equal(
            (await plain.SessionAsync()).Items.Keys.Order(StringComparer.Ordinal),
            (await browser.SessionAsync()).Items.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Scopes_of_a_challenge_are_returned_as_they_were_sent_without_duplicates()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        await ConnectAsync(browser, "user:openId", "user:email", "user:openId");

        Assert.Equal(["user:openId", "user:email"], await ScopesAsync(browser));
    }

    [Fact]
    public async Task Scopes_of_a_challenge_are_kept_without_saved_tokens()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);

        Assert.Equal(_own, await ScopesAsync(await ConnectAsync(site)));
    }

    // W4: the scope in Binance's response is not the requested one.
    [Fact]
    public async Task The_scope_of_the_token_response_is_not_returned()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("scope", "\"everything\""));
        await using var site = await LoginSite.StartAsync(binance);

        Assert.Equal(["user:openId"], await ScopesAsync(await site.SignedInAsync()));
    }

    private static async Task<SiteBrowser> ConnectAsync(TestSite site)
    {
        var browser = site.Browser();
        await ConnectAsync(browser);
        return browser;
    }

    private static async Task ConnectAsync(SiteBrowser browser, params string[] scopes)
    {
        var request = await browser.ChallengeAsync("/connect?" + string.Join('&', (scopes is [] ? _own : scopes).Select(scope => "scope=" + scope)));
        var response = await browser.ReturnWithCodeAsync(request);
        Assert.Equal("/", response.LocationHeader);
    }

    private static async Task<IEnumerable<string?>> ScopesAsync(SiteBrowser browser)
        => (await browser.ReadUserAsync()).GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString());
}
