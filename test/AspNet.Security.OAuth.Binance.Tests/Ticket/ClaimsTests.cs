using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

public sealed class ClaimsTests
{
    [Fact]
    public async Task A_user_has_an_identifier_and_an_email_and_no_name()
    {
        var session = await SignInAsync();

        Assert.Equal(
            [
                new SessionClaim(ClaimTypes.NameIdentifier, Responses.UserId, "Binance"),
                new SessionClaim(ClaimTypes.Email, Responses.Email, "Binance"),
            ],
            session.Claims);
        Assert.Equal("Binance", session.AuthenticationType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task A_user_without_an_email_has_no_claim_for_it(string? json)
    {
        var session = await SignInAsync(user: Responses.UserDataWith("email", json));

        Assert.Equal([new SessionClaim(ClaimTypes.NameIdentifier, Responses.UserId, "Binance")], session.Claims);
    }

    [Fact]
    public async Task Claims_have_the_issuer_of_the_options()
    {
        var session = await SignInAsync(options => options.ClaimsIssuer = "a partner");

        Assert.All(session.Claims, claim => Assert.Equal("a partner", claim.Issuer));
    }

    [Fact]
    public async Task Claim_actions_of_the_application_see_the_data_and_not_the_envelope()
    {
        var session = await SignInAsync(
            options =>
            {
                options.ClaimActions.MapJsonKey("status", "status");
                options.ClaimActions.MapJsonSubKey("country", "address", "country");
                options.ClaimActions.MapJsonKey("envelope", "code");
            },
            """{"code":"000000","data":{"userId":"one","status":"verified","address":{"country":"FR"}},"success":true}""");

        Assert.Contains(new SessionClaim("status", "verified", "Binance"), session.Claims);
        Assert.Contains(new SessionClaim("country", "FR", "Binance"), session.Claims);
        Assert.DoesNotContain(session.Claims, claim => claim.Type == "envelope");
    }

    [Fact]
    public async Task Creating_ticket_event_sees_the_user_and_the_tokens_and_may_add_claims()
    {
        var session = await SignInAsync(options => options.Events.OnCreatingTicket = context =>
        {
            Assert.Equal(Responses.AccessToken, context.AccessToken);
            Assert.Equal(Responses.RefreshToken, context.RefreshToken);
            Assert.Equal(TimeSpan.FromSeconds(30714), context.ExpiresIn);
            Assert.Equal(Responses.UserId, context.User.GetProperty("userId").GetString());
            Assert.NotNull(context.Identity!.FindFirst(ClaimTypes.NameIdentifier));
            context.Identity.AddClaim(new Claim("added", "yes"));
            return Task.CompletedTask;
        });

        Assert.Contains(session.Claims, claim => claim is { Type: "added", Value: "yes" });
    }

    [Fact]
    public async Task Creating_ticket_event_may_replace_the_user()
    {
        var session = await SignInAsync(options => options.Events.OnCreatingTicket = context =>
        {
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "own id")], "own"));
            return Task.CompletedTask;
        });

        Assert.Equal("own id", session.UserId);
    }

    private static async Task<SiteSession> SignInAsync(Action<BinanceAuthenticationOptions>? configure = null, string user = Responses.User)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, user);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = configure ?? setup.Binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.Empty(site.Failures);
        return await browser.SessionAsync();
    }
}
