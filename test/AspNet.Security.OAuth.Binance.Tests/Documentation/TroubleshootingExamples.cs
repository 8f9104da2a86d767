using System.Globalization;
using System.Net;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Challenge.Support;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// What docs/troubleshooting.md and docs/failures.md say about behaviour.
/// </summary>
public sealed class TroubleshootingExamples
{
    private const int LongestQueryOfIis = 2048;

    [Theory]
    [InlineData(SameSiteMode.Strict, "/failed?failure=correlation_failed&returnUrl=%2F")]
    [InlineData(SameSiteMode.Lax, "/")]
    public async Task A_minimum_same_site_policy_of_strict_fails_every_sign_in(SameSiteMode policy, string destination)
    {
        await using var site = await TestSite.StartAsync(
            setup => setup.BeforeAuthentication = app => app.UseCookiePolicy(new CookiePolicyOptions { MinimumSameSitePolicy = policy }));

        var response = await site.Browser().TrySignInAsync();

        Assert.Equal(destination, response.LocationHeader);
    }

    [Fact]
    public async Task A_path_base_in_another_case_is_that_of_the_redirect_uri_and_of_the_cookie()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/shop");
        var browser = site.Browser();

        var request = await browser.ChallengeAsync("/SHOP/login");
        var response = await browser.ReturnWithCodeAsync(request, "/shop/signin-binance");

        Assert.EndsWith("/SHOP/signin-binance", request.Query["redirect_uri"].Single(), StringComparison.Ordinal);
        Assert.Equal("/SHOP", Assert.Single(browser.Correlations()).Path);
        Assert.StartsWith("/shop/failed?failure=correlation_failed&", response.LocationHeader, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_that_the_proxy_removes_and_forwards_is_in_the_redirect_uri()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.BeforeAuthentication
            = app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix }));

        var response = await site.Browser().GetAsync("/login", ("X-Forwarded-Prefix", "/shop"));

        Assert.EndsWith("/shop/signin-binance", new AuthorizeRequest(response.Location!).Query["redirect_uri"].Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Longest_return_url_whose_callback_iis_accepts_is_that_of_the_page()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var (fits, exceeds) = (1, 2048);
        while (exceeds - fits > 1)
        {
            var length = (fits + exceeds) / 2;
            (fits, exceeds) = await QueryLengthAsync(site, length) <= LongestQueryOfIis ? (length, exceeds) : (fits, length);
        }

        Assert.Contains($"at most {fits.ToString(CultureInfo.InvariantCulture)} characters fits", Repository.Read("docs/troubleshooting.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "old")]
    [InlineData(true, "new")]
    public async Task A_secret_is_read_once_unless_the_scheme_has_a_change_token(bool hasChangeToken, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration["Authentication:Schemes:Binance:ClientId"] = "client";
        builder.Configuration["Authentication:Schemes:Binance:ClientSecret"] = "old";
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance();
        if (hasChangeToken)
        {
            builder.Services.AddSingleton<IOptionsChangeTokenSource<BinanceAuthenticationOptions>>(
                new ConfigurationChangeTokenSource<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, builder.Configuration));
        }

        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var options = app.Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>();
        Assert.Equal("old", options.Get(BinanceAuthenticationDefaults.AuthenticationScheme).ClientSecret);

        builder.Configuration["Authentication:Schemes:Binance:ClientSecret"] = "new";
        ((IConfigurationRoot)builder.Configuration).Reload();

        Assert.Equal(expected, options.Get(BinanceAuthenticationDefaults.AuthenticationScheme).ClientSecret);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "with-email@example.com")]
    public async Task Name_of_the_user_is_a_field_that_the_application_maps(bool isMapped, string expected)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options =>
            {
                options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
                if (isMapped)
                {
                    options.ClaimActions.MapJsonKey(ClaimTypes.Name, "email");
                }
            };
            setup.Pages["/name"] = context => context.Response.WriteAsync(context.User.Identity?.Name ?? "", context.RequestAborted);
        });
        var browser = await site.SignedInAsync();

        Assert.Equal(expected, (await browser.GetAsync("/name")).Body);
    }

    [Fact]
    public async Task Tokens_that_are_signed_in_later_without_their_cookie_are_neither_refreshed_nor_revoked()
    {
        ClaimsPrincipal? user = null;
        AuthenticationToken[] tokens = [];
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.SignInScheme = "Temporary";
            setup.Authentication = schemes => schemes.AddCookie("Temporary");
            setup.Pages["/keep"] = async context =>
            {
                var login = await context.AuthenticateAsync("Temporary");
                (user, tokens) = (login.Principal, [.. login.Properties!.GetTokens()]);
            };
            setup.Pages["/later"] = context =>
            {
                var properties = new AuthenticationProperties();
                properties.StoreTokens(tokens);
                return context.SignInAsync("Cookies", user!, properties);
            };
        });
        await (await site.SignedInAsync()).GetAsync("/keep");
        var browser = site.Browser();

        await browser.GetAsync("/later");
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.GetAsync("/sign-out");
        Assert.Equal((0, 0), (site.RefreshCalls, site.Revocations.Count));
    }

    [Fact]
    public async Task A_cancelled_sign_in_without_a_page_is_a_bare_500()
    {
        await using var site = await TestSite.StartAsync(setup => (setup.UseKestrel, setup.FailurePath) = (true, null));
        site.AllowCallbacks(site.Address.AbsoluteUri.TrimEnd('/'));
        var browser = site.Browser();

        var response = await browser.ReturnFromBinanceAsync(await browser.ConsentAsync(denies: true));

        Assert.Equal((HttpStatusCode.InternalServerError, ""), (response.Status, response.Body));
        Assert.Empty(response.SetCookieHeaders);
    }

    [Fact]
    public async Task Titles_of_the_failed_page_are_those_of_the_table()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        var rows = Repository.Table("docs/failures.md", "`failure`").Select(row => row.Split('|', StringSplitOptions.TrimEntries)).ToArray();

        Assert.Equal(13, rows.SelectMany(row => row[1].Split(", ")).Count());
        foreach (var row in rows)
        {
            foreach (var failure in row[1].Split(", "))
            {
                var page = (await browser.GetAsync($"/auth/failed?failure={failure.Trim('`')}")).Body;
                Assert.Contains($"<h1>{row[3].Split(';')[0]}</h1>", page, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<int> QueryLengthAsync(TestSite site, int returnUrl)
    {
        var request = await site.Browser().ChallengeAsync("/auth/login".WithReturnUrl("/" + LongText.Of(returnUrl - 1)));
        return new Uri(site.Address, SiteBrowser.CallbackOf(request)).Query.Length - 1;
    }
}
