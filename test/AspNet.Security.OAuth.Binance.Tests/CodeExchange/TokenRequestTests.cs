using Microsoft.AspNetCore.WebUtilities;
using WireMock;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

public sealed class TokenRequestTests
{
    [Fact]
    public async Task The_code_is_exchanged_with_exactly_the_documented_request()
    {
        var (request, verifier) = await ExchangeAsync(_ => { });

        Assert.Equal("POST", request.Method);
        Assert.Equal(BinanceStub.TokenPath, request.Path);
        Assert.Equal(BinanceStub.TokenPath, new Uri(request.Url).PathAndQuery);
        Assert.Equal("application/x-www-form-urlencoded", Assert.Single(request.Headers!["Content-Type"]));
        Assert.Equal("application/json", Assert.Single(request.Headers["Accept"]));
        Assert.Equal("AspNet.Security.OAuth.Binance", Assert.Single(request.Headers["User-Agent"]));
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.Equal(
            [
                $"client_id={TestSite.ClientId}",
                "client_secret=the%2Fsecret%2Bof%3Dthis%26client",
                $"code={SiteBrowser.Code}",
                $"code_verifier={verifier}",
                "grant_type=authorization_code",
                "redirect_uri=https%3A%2F%2Fsite.example%2Fsignin-binance",
            ],
            FormOf(request));
    }

    [Fact]
    public async Task A_public_client_sends_no_client_secret_parameter()
    {
        var (request, verifier) = await ExchangeAsync(options =>
        {
            options.IsPublicClient = true;
            options.ClientSecret = null!;
        });

        Assert.Equal(
            [
                $"client_id={TestSite.ClientId}",
                $"code={SiteBrowser.Code}",
                $"code_verifier={verifier}",
                "grant_type=authorization_code",
                "redirect_uri=https%3A%2F%2Fsite.example%2Fsignin-binance",
            ],
            FormOf(request));
        Assert.DoesNotContain("Authorization", request.Headers!.Keys);
    }

    [Fact]
    public async Task Without_pkce_the_same_request_has_no_verifier()
    {
        var (request, _) = await ExchangeAsync(options => options.UsePkce = false);

        Assert.Equal(
            [
                $"client_id={TestSite.ClientId}",
                "client_secret=the%2Fsecret%2Bof%3Dthis%26client",
                $"code={SiteBrowser.Code}",
                "grant_type=authorization_code",
                "redirect_uri=https%3A%2F%2Fsite.example%2Fsignin-binance",
            ],
            FormOf(request));
    }

    [Fact]
    public async Task A_code_with_special_characters_is_sent_unchanged()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        const string Code = "a/b+c d&client_id=x%41é";
        var request = await browser.ChallengeAsync();
        await browser.ReturnWithQueryAsync(new() { ["code"] = Code, ["state"] = request.State });

        var form = QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body);
        Assert.Equal(Code, form["code"]);
        Assert.Equal(TestSite.ClientId, form["client_id"]);
    }

    [Fact]
    public async Task The_redirect_uri_of_the_exchange_is_the_one_of_the_challenge()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/shop");
        var browser = site.Browser("http://localhost:5200");

        var request = await browser.ChallengeAsync("/shop/login");
        await browser.ReturnWithCodeAsync(request, "/shop/signin-binance");

        Assert.Equal(request.Query["redirect_uri"], QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body)["redirect_uri"]);
    }

    private static string[] FormOf(IRequestMessage request)
        => [.. request.Body!.Split('&').Order(StringComparer.Ordinal)];

    private static async Task<(IRequestMessage Request, string? Verifier)> ExchangeAsync(Action<BinanceAuthenticationOptions> configure)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = configure);
        var browser = site.Browser();

        var challenge = await browser.ChallengeAsync();
        site.Options.StateDataFormat.Unprotect(challenge.State)!.Items.TryGetValue("code_verifier", out var verifier);
        await browser.ReturnWithCodeAsync(challenge);

        Assert.True((await browser.SessionAsync()).SignedIn);
        return (Assert.Single(binance.TokenRequests), verifier);
    }
}
