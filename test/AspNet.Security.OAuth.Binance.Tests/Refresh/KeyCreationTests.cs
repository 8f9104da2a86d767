using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// Key creation ends the access token by design (W9), and the refresh is refused afterwards. With
/// <see cref="BinanceAuthenticationOptions.EndSessionWhenRefused"/> switched off the user stays signed in, without tokens.
/// </summary>
public sealed class KeyCreationTests : IDisposable
{
    private readonly CalledApi _api = new();

    public static MatrixTheoryData<SessionPlace, bool> Sessions => new(Enum.GetValues<SessionPlace>(), [false, true]);

    public void Dispose() => _api.Dispose();

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Session_continues_without_tokens(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.NotNull(session.UserId);
        Assert.Equal((null, null, null), (session.AccessToken, session.RefreshToken, session.ExpiresAt));
        Assert.Equal("no token", (await browser.GetAsync("/token")).Body);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Call_with_the_user_s_token_says_that_the_user_has_to_sign_in_again(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);

        // In the request whose refresh is refused, and in later ones.
        for (var i = 0; i < 3; i++)
        {
            var message = (await browser.GetAsync("/call")).Body;
            Assert.Contains("sign in again", message, StringComparison.Ordinal);
            Assert.Contains("permission", message, StringComparison.Ordinal);
        }

        Assert.Empty(_api.Sent);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Refusal_is_one_warning_and_is_not_retried(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);

        foreach (var response in await browser.SendManyAsync(20))
        {
            Assert.True(response.Session.SignedIn);
        }

        for (var minutes = 0; minutes < 30; minutes += 3)
        {
            Assert.All(await browser.SendManyAsync(3), response => Assert.True(response.Session.SignedIn));
            site.Clock.Pass(TimeSpan.FromMinutes(3));
        }

        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The response with the new cookie was lost: the refusal is kept for ten minutes.
    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Old_cookie_is_signed_in_without_tokens_and_without_a_second_attempt(SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired: true);
        await browser.SendAsync("/session");

        site.Clock.Pass(TimeSpan.FromMinutes(9));
        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Session_without_tokens_slides(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromHours(2));
        var browser = await CreateKeyAsync(site, expired: false);
        var before = await browser.SessionAsync();

        for (var i = 0; i < 6; i++)
        {
            site.Clock.Pass(TimeSpan.FromMinutes(50));
            Assert.True((await browser.SessionAsync()).SignedIn);
        }

        Assert.True((await browser.SessionAsync()).Expires > before.Expires);
        Assert.Null((await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Session_without_tokens_expires(SessionPlace place)
    {
        await using var site = await StartAsync(place, setup => setup.Cookie = cookie
            => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromHours(2), false));
        var browser = await CreateKeyAsync(site, expired: true);
        var before = await browser.SessionAsync();

        Assert.Equal(before.Issued + TimeSpan.FromHours(2), before.Expires);
        site.Clock.Pass(TimeSpan.FromMinutes(61));

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Sign_out_of_a_session_without_tokens_revokes_nothing(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);
        await browser.SessionAsync();
        var copy = browser.Copy();

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.False(browser.HasSessionCookie);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task New_sign_in_stores_new_tokens(SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired: true);
        await browser.SessionAsync();

        await browser.SignInAsync(login: "/connect");

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Two_processes_make_one_attempt(SessionPlace place, bool expired)
    {
        await using var farm = await Farm.StartAsync(Configuration(place, null));
        var browser = await CreateKeyAsync(farm.First, expired);
        var there = browser.Copy(farm.Second);

        var responses = await Task.WhenAll(browser.SendManyAsync(10), there.SendManyAsync(10));

        Assert.All(responses.SelectMany(each => each), response => Assert.True(response.Session.SignedIn));
        foreach (var process in new[] { browser, there })
        {
            var session = await process.SessionAsync();
            Assert.True(session.SignedIn);
            Assert.Null(session.AccessToken);
        }

        farm.First.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.True((await browser.Copy(farm.Second).SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(farm.First.Logged(LogLevel.Warning).Concat(farm.Second.Logged(LogLevel.Warning)));
    }

    [Fact(Timeout = 40_000)]
    public async Task Another_session_of_the_user_keeps_its_tokens()
    {
        await using var site = await StartAsync(SessionPlace.Cookie);
        var other = await site.SignedInAsync();
        var browser = await CreateKeyAsync(site, expired: false);
        await browser.SessionAsync();

        Assert.True(site.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
    }

    private static async Task<SiteBrowser> CreateKeyAsync(TestSite site, bool expired)
    {
        var browser = site.Browser();
        await browser.SignInAsync(login: "/connect");
        var token = (await browser.SessionAsync()).AccessToken!;

        // The application creates the key, which ends the token.
        Assert.True(site.Emulator.Tokens.Revoke(token));
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        return browser;
    }

    private Task<TestSite> StartAsync(SessionPlace place, Action<SiteSetup>? configure = null)
        => TestSite.StartAsync(Configuration(place, configure));

    private Action<SiteSetup> Configuration(SessionPlace place, Action<SiteSetup>? configure)
    {
        var sessions = new SessionStorage(place);
        return setup =>
        {
            Configure(setup);
            configure?.Invoke(setup);
            sessions.Configure(setup);
        };
    }

    private void Configure(SiteSetup setup)
    {
        setup.Binance = options =>
        {
            Assert.True(options.EndSessionWhenRefused);
            options.EndSessionWhenRefused = false;
        };
        setup.AddLogout();
        _api.AddTo(setup);
        setup.Pages["/connect"] = context => context.ChallengeAsync(
            "Binance", new OAuthChallengeProperties { RedirectUri = "/", Scope = ["user:openId", BinanceAuthenticationConstants.Scopes.CreateApiKey] });
        setup.Pages["/token"] = async context => await context.Response.WriteAsync(
            await context.GetTokenAsync("access_token") ?? "no token", context.RequestAborted);
    }
}
