using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Sessions beside those of one Binance scheme: each scheme minds its own tickets.
/// </summary>
public sealed class OtherSessionsTests
{
    [Theory]
    [InlineData("scheme=Cookies")]
    [InlineData("scheme=Binance")]
    [InlineData("scheme=Cookies&scheme=Binance")]
    public async Task A_token_of_another_provider_on_the_same_cookie_is_not_sent_to_binance(string schemes)
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
        var browser = new SiteBrowser(site);

        using var back = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Other"), "/signin-other");
        Assert.Equal(Answers.AccessToken, (await browser.SessionAsync()).Tokens["access_token"]);
        using var response = await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Empty(binance.Requests);
        Assert.Empty(other.Revocations);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_session_that_the_application_made_itself_is_nothing_to_revoke()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/own"] = context
            => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "own")], "own")), WithToken()));
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.GetAsync("/own");
        using var response = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_of_a_scheme_that_is_gone_is_nothing_to_revoke()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/own"] = context =>
        {
            var properties = WithToken();
            properties.Items[".AuthScheme"] = "BinanceOfLastYear";
            return context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "own")], "own")), properties);
        });
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.GetAsync("/own");
        using var response = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("scheme=Cookies")]
    [InlineData("scheme=Cookies&scheme=Partner&scheme=Binance")]
    [InlineData("scheme=Binance&scheme=Partner&scheme=Cookies")]
    public async Task Each_of_two_schemes_revokes_at_its_own_server(string schemes)
    {
        using var binance = new BinanceStub();
        using var partner = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = builder => builder.AddBinance("Partner", options =>
        {
            options.ClientId = "partner";
            options.ClientSecret = "partner";
            options.CallbackPath = "/signin-partner";
            options.UseServer(partner.Address);
        }));
        var browser = new SiteBrowser(site);

        using var back = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Partner"), "/signin-partner");
        Assert.True((await browser.SessionAsync()).SignedIn);
        using var response = await browser.GetAsync($"/sign-out?{schemes}");

        Assert.Single(partner.Revocations);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task Signing_out_of_one_scheme_leaves_the_token_of_the_other()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = builder => builder.AddBinance("Partner", options =>
        {
            options.ClientId = "partner";
            options.ClientSecret = "partner";
            options.CallbackPath = "/signin-partner";
            options.UseServer(binance.Address);
        }));
        var browser = new SiteBrowser(site);

        using var back = await browser.SignInAsync();
        using var response = await browser.GetAsync("/sign-out?scheme=Partner");

        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task A_cookie_that_a_policy_scheme_forwards_to_revokes_as_well()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Smart";
            setup.Authentication = builder => builder.AddPolicyScheme("Smart", null, options => options.ForwardDefault = "Cookies");
        });
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        using var response = await browser.GetAsync("/sign-out?scheme=Smart&scheme=Binance");

        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_scheme_that_was_added_while_the_site_runs_revokes_as_well()
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
        var browser = new SiteBrowser(site);

        using var back = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Late"), "/signin-late");
        Assert.True((await browser.SessionAsync()).SignedIn);
        using var response = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Single(binance.Revocations);
    }

    private static AuthenticationProperties WithToken()
    {
        var properties = new AuthenticationProperties();
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = "the application's own" }]);
        return properties;
    }
}
