using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// Tickets and settings with which nothing is refreshed.
/// </summary>
public sealed class NothingToRefreshTests
{
    private const string Expired = "expired";

    [Theory]
    [InlineData("access", "refresh", null)]
    [InlineData("access", "refresh", "")]
    [InlineData("access", "refresh", "soon")]
    [InlineData("access", "refresh", "1786000000")]
    [InlineData("access", "refresh", "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("access", "refresh", "0001-01-01T00:00:00.0000000+14:00")]
    [InlineData("access", null, Expired)]
    [InlineData("access", "", Expired)]
    [InlineData(null, "refresh", Expired)]
    [InlineData(null, null, Expired)]
    [InlineData(null, null, null)]
    public async Task Ticket_without_usable_tokens_or_expiry_is_not_changed(string? accessToken, string? refreshToken, string? expiresAt)
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.Browser();
        var expired = site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        await browser.AdoptAsync(Ticket(accessToken, refreshToken, expiresAt == Expired ? expired : expiresAt));
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromDays(1));

        var response = await browser.GetAsync("/session");

        Assert.True(response.Session.SignedIn);
        Assert.Equal(before.Items, response.Session.Items);
        Assert.Null(response.SessionCookie);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00.0000000+00:00")]
    [InlineData("0001-01-01T00:00:00.0000000Z")]
    public async Task Token_that_expired_in_the_year_one_is_refreshed_once(string expiresAt)
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        var browser = site.Browser();
        await browser.AdoptAsync(Ticket(issued.AccessToken, issued.RefreshToken, expiresAt));

        await browser.SessionAsync();
        await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Fact]
    public async Task Nothing_is_refreshed_without_AutomaticRefresh()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await site.WithExpiredTokenAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);

        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task Nothing_is_refreshed_without_SaveTokens()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));
        var browser = await site.WithExpiredTokenAsync();

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task Nothing_is_refreshed_after_the_response_has_started()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other");
            setup.Pages["/late"] = async context =>
            {
                await context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(context, "Other");
                await context.Response.WriteAsync("started", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                Assert.True((await context.AuthenticateAsync("Other")).Succeeded);
            };
        });
        var browser = site.Browser();
        var issued = site.Emulator.Tokens.Issue();
        await browser.AdoptAsync(Ticket(issued.AccessToken, issued.RefreshToken, site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture)), "Other");
        site.Clock.Pass(TestSite.TokenLifetime);

        await browser.GetAsync("/late");

        // The response could not set the cookie with the new tokens.
        Assert.Equal(0, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync("Other")).AccessToken!));
    }

    [Fact]
    public async Task Ticket_whose_tokens_are_not_due_is_validated_synchronously()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var cookies = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        var ticket = cookies.TicketDataFormat.Unprotect(browser.Cookie(SiteResponse.CookieName))!;
        var scheme = await site.Services.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync("Cookies");
        var request = new DefaultHttpContext { RequestServices = site.Services };
        var context = new CookieValidatePrincipalContext(request, scheme!, cookies, ticket);

        var validation = cookies.Events.ValidatePrincipal(context);

        Assert.True(validation.IsCompletedSuccessfully);
        Assert.NotNull(context.Principal);
        Assert.False(context.ShouldRenew);
        Assert.Equal(0, site.RefreshCalls);
    }

    private static AuthenticationProperties Ticket(string? accessToken, string? refreshToken, string? expiresAt)
    {
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = "Binance" } };
        (string, string?)[] tokens = [("access_token", accessToken), ("refresh_token", refreshToken), ("expires_at", expiresAt)];
        ticket.StoreTokens(tokens.Where(token => token.Item2 is not null).Select(token => new AuthenticationToken { Name = token.Item1, Value = token.Item2! }));
        return ticket;
    }
}
