using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class RedirectUriTests : EmulatorTest
{
    [Theory]
    [InlineData("http://localhost/signin-binance")]
    [InlineData("http://localhost:1/signin-binance")]
    [InlineData("http://127.0.0.1:65535/signin-binance")]
    [InlineData("https://localhost:7001/signin-binance")]
    public async Task The_preset_clients_accept_every_port(string redirectUri)
    {
        using var response = await Visitor.AuthorizeAsync(("redirect_uri", redirectUri));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("http://localhost:5200/callback", false, true)]
    [InlineData("http://localhost:5201/callback", false, false)]
    [InlineData("http://localhost:5201/callback", true, true)]
    [InlineData("http://127.0.0.1:5200/callback", true, false)]
    [InlineData("https://localhost:5200/callback", true, false)]
    [InlineData("https://shop.example.com/callback?tenant=1", true, true)]
    [InlineData("https://shop.example.com:444/callback?tenant=1", true, false)]
    public async Task A_redirect_uri_matches_exactly_but_for_the_loopback_port_when_allowed(string redirectUri, bool anyPort, bool matches)
    {
        Emulator.Clients.Add(new EmulatorClient
        {
            ClientId = "exact",
            ClientSecret = "secret",
            RedirectUris = ["http://localhost:5200/callback", "https://shop.example.com/callback?tenant=1"],
            AllowAnyLoopbackPort = anyPort,
        });

        using var response = await Visitor.AuthorizeAsync(("client_id", "exact"), ("redirect_uri", redirectUri));

        Assert.Equal(matches ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_query_of_a_redirect_uri_is_kept()
    {
        const string redirectUri = "https://shop.example.com/callback?tenant=1";
        Emulator.Clients.Add(new EmulatorClient { ClientId = "query", ClientSecret = "secret", RedirectUris = [redirectUri] });

        using var response = await Visitor.AuthorizeAsync(
            ("client_id", "query"), ("redirect_uri", redirectUri), ("emulator_user", BinanceEmulatorDefaults.UserId));

        Assert.StartsWith(redirectUri + "&code=", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/relative")]
    [InlineData("")]
    [InlineData("http://localhost/cb#fragment")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("myapp:/callback")]
    [InlineData("http://xn--ü/")]
    [InlineData("http:\\\\host/")]
    public void An_invalid_redirect_uri_is_refused_at_registration(string redirectUri) =>
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Add(new EmulatorClient { ClientId = "wrong", RedirectUris = [redirectUri] }));

    [Theory]
    [InlineData("com.example.app:/callback", "com.example.app:")]
    [InlineData("http://[::1]:5200/callback", "http:")]
    [InlineData("https://shop.example.com/callback", "https://shop.example.com:443")]
    public async Task The_policy_allows_the_consent_form_to_redirect_to_the_redirect_uri(string redirectUri, string source)
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "native", RedirectUris = [redirectUri] });

        using var response = await Visitor.AuthorizeAsync(("client_id", "native"), ("redirect_uri", redirectUri));

        Assert.Contains($"form-action 'self' {source} ", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }
}
