using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// A user who is signed in with the scheme is redirected to the return URL, every other visitor to Binance: the cookie decides.
/// </summary>
public sealed class LoginSignedInTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_signed_in_user_is_redirected_to_the_return_url_without_a_cookie(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/auth/login?returnUrl=/orders", LoginRequests.Navigation);

        response.AssertRedirects("/orders");
        Assert.Empty(response.SetCookieHeaders);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie, "")]
    [InlineData(SessionPlace.Cookie, "&scheme=Elsewhere")]
    [InlineData(SessionPlace.Server, "")]
    [InlineData(SessionPlace.Server, "&scheme=Elsewhere")]
    [InlineData(SessionPlace.TicketStore, "&scheme=Elsewhere")]
    public async Task A_user_of_another_provider_in_the_same_cookie_is_sent_to_binance(SessionPlace place, string scheme)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another" + scheme);
        Assert.Equal("another", (await browser.SessionAsync()).UserId);

        var response = await browser.GetAsync("/auth/login?returnUrl=/orders");

        response.AssertChallenges();
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_user_of_a_second_scheme_in_the_same_cookie_is_sent_to_binance_by_the_first(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            place,
            setup => setup.Authentication = schemes => schemes.AddPartner(binance),
            endpoints =>
            {
                endpoints.MapGroup("/auth").MapBinanceLogin();
                endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner);
            });
        var browser = await site.SignedInAsync(LoginSite.Partner);

        var first = await browser.GetAsync("/auth/login?returnUrl=/orders");
        var second = await browser.GetAsync("/partner/login?returnUrl=/orders");

        first.AssertChallenges();
        Assert.Equal(TestSite.ClientId, new AuthorizeRequest(first.Location!).Query["client_id"]);
        second.AssertRedirects("/orders");
    }

    [Fact]
    public async Task Each_scheme_sends_its_own_client_id()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance),
            map: endpoints => endpoints.MapGroup("/partner").MapBinanceLogin(LoginSite.Partner));

        var request = await site.Browser().ChallengeAsync("/partner/login");

        Assert.Equal("partner", request.Query["client_id"]);
    }

    // The default scheme is not the one that Binance signs in to.
    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task The_sign_in_scheme_decides_who_is_signed_in(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            place,
            setup =>
            {
                setup.Binance = options => options.SignInScheme = "Other";
                setup.Authentication = schemes => schemes.AddCookie("Other");
            },
            null,
            "Other");
        var binanceUser = await site.SignedInAsync();
        var other = site.Browser();
        await other.GetAsync("/as?user=another&scheme=Binance");
        Assert.True((await other.SessionAsync("Cookies")).SignedIn);

        var signedIn = await binanceUser.GetAsync("/auth/login?returnUrl=/orders");
        var elsewhere = await other.GetAsync("/auth/login?returnUrl=/orders");

        signedIn.AssertRedirects("/orders");
        elsewhere.AssertChallenges();
    }

    [Fact]
    public async Task A_policy_scheme_is_resolved()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: UsePolicyScheme);
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/auth/login?returnUrl=/orders");

        response.AssertRedirects("/orders");
        Assert.Equal("/auth/login", site.CookieOptions().LoginPath);
    }

    [Fact]
    public async Task A_user_without_saved_tokens_is_signed_in()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: KeepNoTokens);
        var browser = site.Browser();

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
        var response = await browser.GetAsync("/auth/login?returnUrl=/orders");

        response.AssertRedirects("/orders");
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_user_whose_session_is_over_is_sent_to_binance(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        site.Clock.Advance(TimeSpan.FromDays(15));

        var response = await browser.GetAsync("/auth/login?returnUrl=/orders");

        response.AssertChallenges();
    }

    [Fact]
    public async Task A_user_whose_refresh_is_refused_is_sent_to_binance()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        site.Clock.Advance(TimeSpan.FromSeconds(30714));

        var response = await browser.GetAsync("/auth/login?returnUrl=/orders");

        response.AssertChallenges();
    }

    [Fact]
    public async Task A_forged_cookie_is_not_a_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/auth/login", ("Cookie", $"{SiteResponse.CookieName}=forged"));

        response.AssertChallenges();
    }

    internal static void KeepNoTokens(SiteSetup setup) => setup.Binance = options =>
    {
        options.SaveTokens = false;
        options.AutomaticRefresh = false;
        options.RevokeOnSignOut = false;
    };

    internal static void UsePolicyScheme(SiteSetup setup)
    {
        setup.Schemes = services => services.AddAuthentication("Smart")
            .AddPolicyScheme("Smart", null, options => options.ForwardDefault = CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(setup.Cookie);
    }
}
