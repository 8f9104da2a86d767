using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// Sessions of other providers and of several Binance schemes: each scheme revokes the tokens of its own tickets only.
/// </summary>
public sealed class OtherSessionsTests
{
    [Theory]
    [InlineData("scheme=Cookies")]
    [InlineData("scheme=Binance")]
    [InlineData("scheme=Cookies&scheme=Binance")]
    public async Task Token_of_another_provider_on_the_same_cookie_is_not_sent_to_Binance(string schemes)
    {
        using var binance = new BinanceStub();
        using var other = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = builder => builder.AddOAuth("Other", options =>
        {
            options.ClientId = "other";
            options.ClientSecret = "other";
            options.CallbackPath = "/signin-other";
            options.AuthorizationEndpoint = "https://other.example.com/authorize";
            options.TokenEndpoint = new Uri(other.Address, BinanceStub.TokenPath).ToString();
            options.SaveTokens = true;
        }));
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Other"), "/signin-other");
        Assert.Equal(Responses.AccessToken, (await browser.SessionAsync()).Tokens["access_token"]);
        await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Empty(binance.Requests);
        Assert.Empty(other.Revocations);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Session_of_the_application_s_own_login_is_not_revoked()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/own"] = context
            => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "own")], "own")), WithToken()));
        var browser = site.Browser();

        await browser.GetAsync("/own");
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Session_of_a_removed_scheme_is_not_revoked()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/own"] = context =>
        {
            var properties = WithToken();
            properties.Items[".AuthScheme"] = "RemovedBinance";
            return context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "own")], "own")), properties);
        });
        var browser = site.Browser();

        await browser.GetAsync("/own");
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("scheme=Cookies")]
    [InlineData("scheme=Cookies&scheme=Partner&scheme=Binance")]
    [InlineData("scheme=Binance&scheme=Partner&scheme=Cookies")]
    public async Task Scheme_revokes_at_its_own_server(string schemes)
    {
        using var binance = new BinanceStub();
        using var partner = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => AddPartner(setup, partner));
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Partner"), "/signin-partner");
        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Single(partner.Revocations);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task Sign_out_of_one_scheme_keeps_the_token_of_the_other()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => AddPartner(setup, binance));
        var browser = site.Browser();

        await browser.SignInAsync();
        await browser.GetAsync("/sign-out?scheme=Partner");

        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task Sign_out_through_a_policy_scheme_revokes()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Smart";
            setup.Authentication = builder => builder.AddPolicyScheme("Smart", null, options => options.ForwardDefault = "Cookies");
        });
        var browser = site.Browser();

        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.GetAsync("/sign-out?scheme=Smart&scheme=Binance");

        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Scheme_that_is_added_at_run_time_revokes()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = builder
            => builder.Services.Configure<BinanceAuthenticationOptions>("Late", options =>
            {
                options.ClientId = "late";
                options.ClientSecret = "late";
                options.CallbackPath = "/signin-late";
                options.SignInScheme = "Cookies";
                options.UseServer(binance.Address);
            }));
        site.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("Late", "Late", typeof(BinanceAuthenticationHandler)));
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Late"), "/signin-late");
        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Single(binance.Revocations);
    }

    private static void AddPartner(SiteSetup setup, BinanceStub server) => setup.Authentication = builder => builder.AddBinance("Partner", options =>
    {
        options.ClientId = "partner";
        options.ClientSecret = "partner";
        options.CallbackPath = "/signin-partner";
        options.UseServer(server.Address);
    });

    private static AuthenticationProperties WithToken()
    {
        var properties = new AuthenticationProperties();
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = "the application's own" }]);
        return properties;
    }
}
