using System.Net;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class AuthorizeUrlTests
{
    [Fact]
    public async Task Challenge_redirects_to_the_documented_url_with_exactly_the_documented_parameters()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var response = await browser.GetAsync("/login");
        var request = new AuthorizeRequest(response.Location!);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal(new Uri(binance.Address, "/en/oauth/authorize").ToString(), request.Url.GetLeftPart(UriPartial.Path));
        Assert.Equal(
            ["client_id", "code_challenge", "code_challenge_method", "redirect_uri", "response_type", "scope", "state"],
            request.Query.Keys.Order(StringComparer.Ordinal));
        Assert.All(request.Query, parameter => Assert.Single(parameter.Value));
        Assert.Equal("code", request.Query["response_type"]);
        Assert.Equal(TestSite.ClientId, request.Query["client_id"]);
        Assert.Equal("https://site.example/signin-binance", request.Query["redirect_uri"]);
        Assert.Equal("user:openId", request.Scope);
        Assert.Equal("S256", request.Query["code_challenge_method"]);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", request.Query["code_challenge"].ToString());
        Assert.NotEmpty(request.State);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task Challenge_redirects_to_binance_by_default()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.AuthorizationEndpoint = BinanceAuthenticationDefaults.AuthorizationEndpoint);

        var request = await site.Browser().ChallengeAsync();

        Assert.StartsWith("https://accounts.binance.com/en/oauth/authorize?", request.Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5200", null, "http://localhost:5200/signin-binance")]
    [InlineData("https://site.example", "/shop", "https://site.example/shop/signin-binance")]
    public async Task Redirect_uri_has_the_address_that_the_browser_uses(string origin, string? pathBase, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = pathBase);

        var request = await site.Browser(origin).ChallengeAsync($"{pathBase}/login");

        Assert.Equal(expected, request.Query["redirect_uri"]);
    }

    [Fact]
    public async Task Redirect_uri_follows_the_callback_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.CallbackPath = "/back/here");
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(request, "/back/here");

        Assert.Equal("https://site.example/back/here", request.Query["redirect_uri"]);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Additional_parameters_are_part_of_the_url()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.AdditionalAuthorizationParameters["partner note"] = "a&b=c");

        var request = await site.Browser().ChallengeAsync();

        Assert.Equal("a&b=c", request.Query["partner note"]);
    }

    [Fact]
    public async Task A_query_of_the_authorization_endpoint_is_kept()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.AuthorizationEndpoint = "https://accounts.example.com/en/oauth/authorize?region=eu");

        var request = await site.Browser().ChallengeAsync();

        Assert.Equal("/en/oauth/authorize", request.Path);
        Assert.Equal("eu", request.Query["region"]);
        Assert.Equal(TestSite.ClientId, request.Query["client_id"]);
    }

    [Fact]
    public async Task Challenge_without_a_return_url_returns_to_the_page_that_challenged()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Pages["/orders"] = context => context.ChallengeAsync("Binance"));
        var browser = site.Browser();

        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/orders?page=2"));

        Assert.Equal("/orders?page=2", response.Location?.OriginalString);
    }

    [Fact]
    public async Task An_application_may_change_the_url_before_the_redirect()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnRedirectToAuthorizationEndpoint = context =>
            {
                context.Response.Redirect(context.RedirectUri + "&added=yes");
                return Task.CompletedTask;
            });

        var request = await site.Browser().ChallengeAsync();

        Assert.Equal("yes", request.Query["added"]);
        Assert.Equal("code", request.Query["response_type"]);
    }
}
