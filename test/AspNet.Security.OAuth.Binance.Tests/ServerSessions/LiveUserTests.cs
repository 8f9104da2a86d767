using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.HttpClients;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// <c>BinanceSessions.IsLiveAsync</c> and <c>GetId</c> of a user whose request is over.
/// </summary>
public sealed class LiveUserTests
{
    private const string ClaimType = ".binance.session";

    [Fact]
    public async Task A_signed_in_user_is_live_and_has_the_session_s_id()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var user = await hub.UserAsync(browser);

        Assert.True(await IsLiveAsync(hub.Site, user));
        Assert.Equal(await browser.IdAsync(), hub.Site.Sessions().GetId(user));
        Assert.Equal(Assert.Single(await hub.Site.ListAsync()).Id, hub.Site.Sessions().GetId(user));
    }

    [Theory]
    [InlineData("one")]
    [InlineData("all")]
    [InlineData("unlisted")]
    [InlineData("tab")]
    [InlineData("refused")]
    [InlineData("over")]
    public async Task A_user_whose_session_has_ended_is_not_live(string end)
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var (user, id) = (await hub.UserAsync(browser), await browser.IdAsync());

        switch (end)
        {
            case "one":
                await site.EndAsync(id);
                break;

            case "all":
                await site.EndAllAsync();
                break;

            case "unlisted":
                // The index misses sessions, and decides nothing.
                site.Store().Lose(ServerSite.Index);
                await site.EndAllAsync();
                break;

            case "tab":
                await browser.Copy().GetAsync("/sign-out");
                break;

            case "refused":
                site.Emulator.Tokens.RevokeAll();
                site.Clock.Pass(LifetimeSite.TokenLifetime);
                await browser.GetAsync("/session");
                break;

            default:
                await browser.SignInAsync();
                break;
        }

        Assert.False(await IsLiveAsync(site, user));
        Assert.Equal(id, site.Sessions().GetId(user));
    }

    // A circuit keeps nobody's cookie alive: the session slides with requests, and ends at the latest with its maximum lifetime.
    [Fact]
    public async Task A_user_is_live_until_the_session_s_longest_lifetime()
    {
        await using var hub = await HubSite.StartAsync(
            setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(30), sessions => sessions.MaximumLifetime = TimeSpan.FromHours(8));
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1));
        Assert.True(await IsLiveAsync(hub.Site, user));

        hub.Site.Clock.Pass(TimeSpan.FromSeconds(1));

        Assert.False(await IsLiveAsync(hub.Site, user));
    }

    [Fact]
    public async Task A_user_is_live_after_a_request_has_renewed_the_session()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var user = await hub.UserAsync(browser);
        for (var renewal = 0; renewal < 3; renewal++)
        {
            hub.Site.Clock.Pass(TimeSpan.FromDays(10));
            await browser.GetAsync("/session");
        }

        Assert.True(await IsLiveAsync(hub.Site, user));
    }

    [Fact]
    public async Task The_end_of_another_user_s_sessions_does_not_matter()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await hub.UserAsync(await hub.Site.SignedInAsync());

        await hub.Site.EndAllAsync(BinanceEmulatorDefaults.SecondUserId);

        Assert.True(await IsLiveAsync(hub.Site, user));
        Assert.False(await IsLiveAsync(hub.Site, other));
    }

    [Fact]
    public async Task Whoever_was_not_authenticated_by_a_session_on_the_server_is_not_live()
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Authentication = static (builder, _) => builder.AddCookie("Other"), null, "Cookies");
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?cookie=Other&user=another");
        ClaimsPrincipal[] users = [new(), new(new ClaimsIdentity()), CookieSites.User("somebody"), await hub.UserAsync(browser, "Other"), await hub.UserAsync(hub.Site.Browser())];

        foreach (var user in users)
        {
            Assert.False(await IsLiveAsync(hub.Site, user));
            Assert.Null(hub.Site.Sessions().GetId(user));
        }
    }

    [Theory]
    [InlineData("LOCAL AUTHORITY")]
    [InlineData("Other")]
    [InlineData("Made up")]
    [InlineData("https://issuer.example")]
    [InlineData("Binance")]
    [InlineData("")]
    public async Task A_claim_that_is_not_of_a_cookie_with_sessions_on_the_server_opens_nothing(string issuer)
    {
        var made = new MadeCookies();
        await using var hub = await HubSite.StartAsync(
            setup =>
            {
                setup.Authentication = static (builder, _) => builder.AddCookie("Other");
                setup.Add(services => services.AddSingleton<IPostConfigureOptions<CookieAuthenticationOptions>>(made));
            },
            null,
            "Cookies");
        var id = await (await hub.Site.SignedInAsync()).IdAsync();
        var user = Claiming(id, issuer);

        Assert.False(await IsLiveAsync(hub.Site, user));
        Assert.Null(hub.Site.Sessions().GetId(user));
        await using var circuit = new TestCircuit(hub.Site, user);
        Assert.Contains("AddBinanceServerSessions", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);

        // Options of any name can be created, and are kept.
        Assert.All(made.Names, name => Assert.True(name is "Cookies" or "Other", name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("../generation")]
    [InlineData("AspNet.Security.OAuth.Binance:ticket:")]
    public async Task A_claim_with_an_id_that_nobody_has_opens_nothing(string id)
    {
        await using var hub = await HubSite.StartAsync();
        await hub.Site.SignedInAsync();

        Assert.False(await IsLiveAsync(hub.Site, Claiming(id, "Cookies")));
    }

    // What an attacker has who could write to another entry of the cache: it is bound to its name.
    [Fact]
    public async Task The_key_in_a_cookie_is_no_id()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();

        Assert.False(await IsLiveAsync(hub.Site, Claiming(hub.Site.StoreKey(browser.Cookie(SiteAnswer.CookieName)), "Cookies")));
    }

    [Fact]
    public async Task An_identity_that_is_not_authenticated_has_no_session()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        var stranger = new ClaimsPrincipal(new ClaimsIdentity(user.Claims));

        Assert.False(await IsLiveAsync(hub.Site, stranger));
        Assert.Null(hub.Site.Sessions().GetId(stranger));
        await using var circuit = new TestCircuit(hub.Site, stranger);
        Assert.Contains("nobody is signed in", await circuit.CallAsync(), StringComparison.Ordinal);
    }

    // Data protection tells applications apart: the entry of another one cannot be read.
    [Fact]
    public async Task A_session_of_another_application_on_the_same_cache_is_not_live_here()
    {
        await using var here = await HubSite.StartAsync();
        var user = await here.UserAsync(await here.Site.SignedInAsync());
        await using var there = await HubSite.StartAsync();
        var (key, value) = (here.Site.Store().Tickets().Single(), here.Site.Store().Find(here.Site.Store().Tickets().Single())!);
        await there.Site.Store().SetAsync(key, value, new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromDays(1) }, TestContext.Current.CancellationToken);

        Assert.False(await IsLiveAsync(there.Site, user));
        await using var circuit = new TestCircuit(there.Site, user);
        Assert.Contains("nobody is signed in", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(there.Sent);
    }

    [Theory]
    [InlineData("Cookies", "Other")]
    [InlineData("Other", "Cookies")]
    public async Task A_user_of_two_cookies_is_live_while_both_sessions_are(string first, string second)
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Authentication = static (builder, _) => builder.AddCookie("Other"), null, "Cookies", "Other");
        var browser = await hub.Site.SignedInAsync();
        await browser.GetAsync("/as?cookie=Other&user=another&scheme=Elsewhere");
        var user = new ClaimsPrincipal([.. (await hub.UserAsync(browser, first)).Identities, .. (await hub.UserAsync(browser, second)).Identities]);
        Assert.True(await IsLiveAsync(hub.Site, user));

        Assert.True(await hub.Site.EndAsync(await browser.IdAsync("Cookies")));

        Assert.False(await IsLiveAsync(hub.Site, user));
        Assert.True(await IsLiveAsync(hub.Site, await hub.UserAsync(browser, "Other")));
    }

    [Fact]
    public async Task While_the_cache_is_unavailable_nobody_knows()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Store().Fail();

        var failure = await Assert.ThrowsAnyAsync<BinanceAuthenticationException>(() => IsLiveAsync(hub.Site, user));

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        hub.Site.Store().Recover();
        Assert.True(await IsLiveAsync(hub.Site, user));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_stops_waiting_for_a_cache_that_hangs()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        hub.Site.Store().Commands.Hang();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var looking = hub.Site.Sessions().IsLiveAsync(user, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking);
        hub.Site.Store().Commands.Recover();
    }

    [Fact]
    public async Task A_user_is_needed()
    {
        await using var hub = await HubSite.StartAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(() => hub.Site.Sessions().IsLiveAsync(null!, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentNullException>(() => hub.Site.Sessions().GetId(null!));
    }

    private static Task<bool> IsLiveAsync(LifetimeSite site, ClaimsPrincipal user) => site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken);

    private static ClaimsPrincipal Claiming(string id, string issuer)
        => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "attacker"), new(ClaimType, id, ClaimValueTypes.String, issuer)], "test"));

    /// <summary>The names of the cookies whose options were made.</summary>
    private sealed class MadeCookies : IPostConfigureOptions<CookieAuthenticationOptions>
    {
        public ConcurrentQueue<string?> Names { get; } = [];

        public void PostConfigure(string? name, CookieAuthenticationOptions options) => Names.Enqueue(name);
    }
}
