using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// Key creation spends the access token by design (W9): the refresh is refused afterwards. With
/// <see cref="BinanceAuthenticationOptions.EndSessionWhenRefused"/> switched off the user stays signed in, without tokens.
/// </summary>
public sealed class KeyCreationTests : IDisposable
{
    private readonly CallingSite _api = new();

    public static MatrixTheoryData<SessionPlace, bool> Sessions => new(Enum.GetValues<SessionPlace>(), [false, true]);

    public void Dispose() => _api.Dispose();

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task The_user_stays_signed_in_without_tokens(SessionPlace place, bool expired)
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
    public async Task A_call_with_the_user_s_token_says_that_the_user_has_to_sign_in_again(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);

        // In the request that is refused, and in those after it.
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
    public async Task There_is_one_warning_and_no_further_attempt(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);

        foreach (var answer in await browser.SendManyAsync(20))
        {
            Assert.True(answer.Session.SignedIn);
        }

        for (var minutes = 0; minutes < 30; minutes += 3)
        {
            Assert.All(await browser.SendManyAsync(3), answer => Assert.True(answer.Session.SignedIn));
            site.Clock.Pass(TimeSpan.FromMinutes(3));
        }

        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Empty(site.Logged(LogLevel.Error));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Its response was lost: the refusal is known for ten minutes.
    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_old_cookie_is_signed_in_without_tokens_and_without_another_attempt(SessionPlace place)
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
    public async Task The_session_slides_as_before(SessionPlace place)
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
    public async Task The_session_ends_with_its_own_time(SessionPlace place)
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
    public async Task A_sign_out_ends_it_and_revokes_nothing(SessionPlace place, bool expired)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired);
        await browser.SessionAsync();
        var copy = browser.Copy();

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.False(browser.HasSession);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Signing_in_again_brings_tokens(SessionPlace place)
    {
        await using var site = await StartAsync(place);
        var browser = await CreateKeyAsync(site, expired: true);
        await browser.SessionAsync();

        await browser.SignInAsync(login: "/connect");

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal("answered", (await browser.GetAsync("/call")).Body);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Sessions))]
    public async Task Two_processes_make_one_attempt(SessionPlace place, bool expired)
    {
        await using var farm = await Farm.StartAsync(Configuration(place, null));
        var browser = await CreateKeyAsync(farm.First, expired);
        var there = browser.Copy(farm.Second);

        var crowds = await Task.WhenAll(browser.SendManyAsync(10), there.SendManyAsync(10));

        Assert.All(crowds.SelectMany(crowd => crowd), answer => Assert.True(answer.Session.SignedIn));
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

    private static async Task<LifetimeBrowser> CreateKeyAsync(LifetimeSite site, bool expired)
    {
        var browser = site.Browser();
        await browser.SignInAsync(login: "/connect");
        var token = (await browser.SessionAsync()).AccessToken!;

        // The application makes the key with the token, which ends with it.
        Assert.True(site.Emulator.Tokens.Revoke(token));
        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        return browser;
    }

    private Task<LifetimeSite> StartAsync(SessionPlace place, Action<LifetimeSetup>? configure = null)
        => LifetimeSite.StartAsync(Configuration(place, configure));

    private Action<LifetimeSetup> Configuration(SessionPlace place, Action<LifetimeSetup>? configure)
    {
        var sessions = new SessionStorage(place);
        return setup =>
        {
            Configure(setup);
            configure?.Invoke(setup);
            sessions.Configure(setup);
        };
    }

    private void Configure(LifetimeSetup setup)
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
