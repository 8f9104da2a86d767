using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// Tickets that are to be left as they are, whatever is in them.
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
    public async Task A_ticket_that_lacks_what_a_refresh_needs_is_left_as_it_is(string? accessToken, string? refreshToken, string? expiresAt)
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = site.Browser();
        var expired = site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        await browser.AdoptAsync(Ticket(accessToken, refreshToken, expiresAt == Expired ? expired : expiresAt));
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromDays(1));

        var answer = await browser.GetAsync("/session");

        Assert.True(answer.Session.SignedIn);
        Assert.Equal(before.Items, answer.Session.Items);
        Assert.Null(answer.SessionCookie);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00.0000000+00:00")]
    [InlineData("0001-01-01T00:00:00.0000000Z")]
    public async Task A_token_that_expired_in_the_year_one_is_refreshed_once_and_fresh_afterwards(string expiresAt)
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        var browser = site.Browser();
        await browser.AdoptAsync(Ticket(issued.AccessToken, issued.RefreshToken, expiresAt));

        await browser.SessionAsync();
        await browser.SessionAsync();

        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Fact]
    public async Task Nothing_is_refreshed_where_automatic_refresh_is_switched_off()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = await site.WithExpiredTokenAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);

        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task Nothing_is_refreshed_where_no_tokens_are_saved()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));
        var browser = await site.WithExpiredTokenAsync();

        var session = await browser.SessionAsync();

        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task Nothing_is_refreshed_once_the_answer_has_begun()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (builder, _) => builder.AddCookie("Other");
            setup.Pages["/late"] = async context =>
            {
                await context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(context, "Other");
                await context.Response.WriteAsync("begun", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                Assert.True((await context.AuthenticateAsync("Other")).Succeeded);
            };
        });
        var browser = site.Browser();
        var issued = site.Emulator.Tokens.Issue();
        await browser.AdoptAsync(Ticket(issued.AccessToken, issued.RefreshToken, site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture)), "Other");
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        await browser.GetAsync("/late");

        // The new tokens could not have been kept.
        Assert.Equal(0, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync("Other")).AccessToken!));
    }

    [Fact]
    public async Task A_fresh_ticket_is_validated_without_waiting_for_anything()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var cookies = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        var ticket = cookies.TicketDataFormat.Unprotect(browser.Cookie(SiteAnswer.CookieName))!;
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
