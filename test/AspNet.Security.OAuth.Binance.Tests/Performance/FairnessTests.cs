using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Performance;

/// <summary>
/// The contenders of the benchmarks do the same work: one that omitted a part would be faster without being comparable.
/// </summary>
public sealed class FairnessTests
{
    public static TheoryData<string> Contenders
        => [nameof(Contender.Floor), nameof(Contender.Recipe), nameof(Contender.Google), nameof(Contender.Ours), nameof(Contender.OnServer)];

    [Theory]
    [MemberData(nameof(Contenders))]
    public async Task A_contender_ends_with_the_same_claims_and_tokens(string contender)
    {
        using var site = new InMemorySite(Enum.Parse<Contender>(contender));

        var ticket = await ReadTicketAsync(site);

        Assert.Equal(
            ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress: user@example.com", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier: e10e20b7f20947e7bd206b15ce3dae90"],
            ticket.Principal.Claims.Where(claim => claim.Type != ".binance.session").Select(claim => claim.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["access_token", "expires_at", "refresh_token", "token_type"],
            ticket.Properties.GetTokens().Select(token => token.Name).Order(StringComparer.Ordinal));
        Assert.Equal("Binance", ticket.Properties.Items[".AuthScheme"]);
    }

    [Theory]
    [MemberData(nameof(Contenders))]
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

    [Fact]
    public async Task A_startup_filter_is_part_of_what_is_measured()
    {
        await using var site = new SessionSite(
            Contender.OnServer, services => services.AddSingleton<IStartupFilter>(new Teapot()));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(site.SignInAsync);

        Assert.Equal("/login returned 418 instead of 302.", exception.Message);
    }

    // The filter of MapBinanceLogin does nothing where that is not called, and adds nothing to a request.
    [Theory]
    [InlineData(nameof(Contender.Floor))]
    [InlineData(nameof(Contender.Recipe))]
    [InlineData(nameof(Contender.Google))]
    [InlineData(nameof(Contender.Ours), "LoginPathsStartupFilter")]
    [InlineData(nameof(Contender.OnServer), "LoginPathsStartupFilter", "ServerSessionsStartupFilter")]
    public void A_contender_has_no_startup_filter_that_is_not_known_here(string contender, params string[] filters)
    {
        using var site = new InMemorySite(Enum.Parse<Contender>(contender));

        Assert.Equal(filters, site.Services.GetServices<IStartupFilter>().Select(filter => filter.GetType().Name).Order());
    }

    private static async Task<AuthenticationTicket> ReadTicketAsync(InMemorySite site)
    {
        var context = new DefaultHttpContext { RequestServices = site.Services, Request = { Headers = { Cookie = site.SessionCookie } } };
        var result = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return result.Ticket!;
    }

    private sealed class Teapot : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });
    }
}
