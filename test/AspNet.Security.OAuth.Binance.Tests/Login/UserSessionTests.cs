using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The scopes that the user was asked for, and when the session ends, both through the life of a session.
/// </summary>
public sealed class UserSessionTests
{
    private static readonly TimeSpan _tokenLife = TimeSpan.FromSeconds(30714);
    private static readonly string[] _own = ["user:openId", "create:apikey"];

    public static MatrixTheoryData<SessionPlace, Pending> PlacesAndPending => new(Enum.GetValues<SessionPlace>(), Enum.GetValues<Pending>());

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Scopes_of_a_challenge_are_kept_through_refreshes_and_sliding(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await ConnectAsync(site);
        Assert.Equal(_own, await ScopesAsync(browser));

        site.Time.Advance(_tokenLife);
        Assert.Equal(_own, await ScopesAsync(browser));
        Assert.Equal(2, binance.TokenRequests.Count);

        site.Time.Advance(TimeSpan.FromDays(10));
        Assert.Equal(_own, await ScopesAsync(browser));
        site.Time.Advance(TimeSpan.FromDays(10));
        Assert.Equal(_own, await ScopesAsync(browser));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_a_session_has_the_scopes_of_its_own(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await ConnectAsync(site);

        await browser.SignInWithAsync();
        Assert.Equal(["user:openId"], await ScopesAsync(browser));

        await ConnectAsync(browser);
        Assert.Equal(_own, await ScopesAsync(browser));
    }

    // A page that signs the user in with other claims keeps the ticket's properties.
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

        using var again = await browser.GetAsync("/again");

        Assert.Equal(_own, await ScopesAsync(browser));
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Scopes_of_the_options_are_those_of_now_and_scopes_of_a_challenge_stay(SessionPlace place)
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
        var browser = new SiteBrowser(site);
        var plain = await site.SignedInAsync();

        await ConnectAsync(browser, "user:openId");

        Assert.Equal(["user:openId"], await ScopesAsync(browser));
        Assert.Equal(
            (await plain.SessionAsync()).Items.Keys.Order(StringComparer.Ordinal),
            (await browser.SessionAsync()).Items.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Scopes_of_a_challenge_are_told_as_they_were_sent_each_once()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        await ConnectAsync(browser, "user:openId", "user:email", "user:openId");

        Assert.Equal(["user:openId", "user:email"], await ScopesAsync(browser));
    }

    [Fact]
    public async Task Scopes_of_a_challenge_are_kept_where_tokens_are_not()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);

        Assert.Equal(_own, await ScopesAsync(await ConnectAsync(site)));
    }

    // W4: the scope in Binance's response does not repeat what was asked for.
    [Fact]
    public async Task Scope_that_binance_responds_with_is_not_told()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("scope", "\"everything\""));
        await using var site = await LoginSite.StartAsync(binance);

        Assert.Equal(["user:openId"], await ScopesAsync(await site.SignedInAsync()));
    }

    [Theory]
    [MemberData(nameof(PlacesAndPending))]
    public async Task Session_s_end_is_as_this_response_leaves_it(SessionPlace place, Pending pending)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("expires_in", "3600"));
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Cookie = cookie =>
        {
            cookie.ExpireTimeSpan = PendingSetup.TicketLife;
            cookie.SlidingExpiration = pending is Pending.Slide or Pending.RefreshAndSlide;
            cookie.Events.OnValidatePrincipal = context => Task.FromResult(context.ShouldRenew = pending is Pending.Renewal);
        });
        var browser = await site.SignedInAsync();
        site.Time.Advance(pending.Age());

        var told = (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset();

        Assert.Equal((await browser.SessionAsync()).Expires(), told);
        Assert.Equal(pending is Pending.Refresh ? TestTime.Origin + PendingSetup.TicketLife : site.Time.GetUtcNow() + PendingSetup.TicketLife, told);
        site.Time.Advance(told - site.Time.GetUtcNow() - TimeSpan.FromSeconds(1));
        site.CookieOptions().SlidingExpiration = false;
        site.CookieOptions().Events.OnValidatePrincipal = _ => Task.CompletedTask;
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Time.Advance(TimeSpan.FromSeconds(2));
        using var late = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Session_s_end_of_a_sign_in_of_its_own_life_is_told(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Cookie = cookie => cookie.Events.OnSigningIn = context =>
        {
            context.Properties.IsPersistent = true;
            context.Properties.ExpiresUtc = TestTime.Origin.AddHours(3);
            return Task.CompletedTask;
        });

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(TestTime.Origin.AddHours(3), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Application_s_decision_not_to_slide_is_told()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew = false;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Time.Advance(TimeSpan.FromDays(8));

        var told = (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset();

        Assert.Equal(TestTime.Origin.AddDays(14), told);
        Assert.Equal((await browser.SessionAsync()).Expires(), told);
    }

    [Fact]
    public async Task Maximum_lifetime_of_sessions_on_the_server_is_the_end()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, SessionPlace.Server, setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Authentication = schemes => schemes.Services.Configure<BinanceServerSessionsOptions>(CookieAuthenticationDefaults.AuthenticationScheme, SetLifetime)
                .Configure<BinanceServerSessionsOptions>(SetLifetime);
        });
        var browser = await site.SignedInAsync();

        for (var day = 0; day < 24; day += 8)
        {
            var expected = TestTime.Origin.AddDays(Math.Min(day + 14, 20));
            Assert.Equal(expected, (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset());
            site.Time.Advance(TimeSpan.FromDays(8));
        }

        using var late = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);

        static void SetLifetime(BinanceServerSessionsOptions sessions) => sessions.MaximumLifetime = TimeSpan.FromDays(20);
    }

    [Theory]
    [InlineData("/auth/user", "GET")]
    [InlineData("/auth/login", "GET")]
    [InlineData("/auth/logout", "POST")]
    public async Task An_outage_of_the_cache_neither_signs_a_user_out_nor_asks_for_a_login(string path, string method)
    {
        SharedStore? store = null;
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (schemes, _) =>
            {
                schemes.AddBinanceServerSessions().Services.AddRouting();
                schemes.Services.AddSingleton<IDistributedCache>(provider => store = new SharedStore(provider.GetRequiredService<TimeProvider>()));
            };
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
        });
        var browser = await site.SignedInAsync();

        store!.Fail();
        using var response = await site.SendAsync(browser, path, new HttpMethod(method), method is "POST" ? LoginRequests.OwnScript : LoginRequests.Navigation);
        store!.Recover();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(response.SetCookies());
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    private static async Task<SiteBrowser> ConnectAsync(TestSite site)
    {
        var browser = new SiteBrowser(site);
        await ConnectAsync(browser);
        return browser;
    }

    private static async Task ConnectAsync(SiteBrowser browser, params string[] scopes)
    {
        var request = await browser.ChallengeAsync("/connect?" + string.Join('&', (scopes is [] ? _own : scopes).Select(scope => "scope=" + scope)));
        using var response = await browser.ComeBackWithCodeAsync(request);
        Assert.Equal("/", response.Location());
    }

    private static async Task<IEnumerable<string?>> ScopesAsync(SiteBrowser browser)
        => (await browser.ReadUserAsync()).GetProperty("requestedScopes").EnumerateArray().Select(scope => scope.GetString());
}
