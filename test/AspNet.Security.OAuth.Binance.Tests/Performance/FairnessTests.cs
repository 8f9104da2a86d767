using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

/// <summary>
/// The contenders of the benchmarks do the same work. One that omitted something would be faster without being better.
/// </summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(nameof(Contender.Floor))]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours))]
    public void A_contender_ends_with_the_same_claims_and_tokens(string contender)
    {
        using var site = new InMemorySite(Enum.Parse<Contender>(contender));

        var ticket = Ticket(site);

        Assert.Equal(
            ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress: user@example.com", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier: e10e20b7f20947e7bd206b15ce3dae90"],
            ticket.Principal.Claims.Select(claim => claim.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["access_token", "expires_at", "refresh_token", "token_type"],
            ticket.Properties.GetTokens().Select(token => token.Name).Order(StringComparer.Ordinal));
        Assert.Equal("Binance", ticket.Properties.Items[".AuthScheme"]);
    }

    [Theory]
    [InlineData(nameof(Contender.Floor))]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours))]
    public void A_contender_sends_the_same_authorize_parameters_with_a_proof_key(string contender)
    {
        using var site = new InMemorySite(Enum.Parse<Contender>(contender));

        var query = new AuthorizeRequest(new Uri(site.AuthorizeUrl)).Query;

        Assert.Equal("user:openId", query["scope"]);
        Assert.Equal("https://localhost/signin-binance", query["redirect_uri"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", query["code_challenge"].ToString());
        Assert.NotEmpty(query["state"].ToString());
    }

    private static AuthenticationTicket Ticket(InMemorySite site)
    {
        var cookies = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        return cookies.TicketDataFormat.Unprotect(site.SessionCookie.Split('=', 2)[1])!;
    }
}
