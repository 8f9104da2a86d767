using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

public sealed class StoredTokensTests
{
    [Fact]
    public async Task Tokens_are_kept_under_the_names_that_aspnet_core_uses()
    {
        var session = await SignInAsync(Responses.Tokens);

        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["access_token"] = Responses.AccessToken,
                ["refresh_token"] = Responses.RefreshToken,
                ["token_type"] = "bearer",
                ["expires_at"] = "2030-05-17T17:01:54.0000000+00:00",
            },
            session.Tokens);
    }

    [Fact]
    public async Task What_binance_left_out_is_not_kept()
    {
        var session = await SignInAsync("""{"access_token":"only-this"}""");

        Assert.Equal(["access_token"], session.Tokens.Keys);
    }

    [Fact]
    public async Task A_token_lifetime_of_decades_is_accepted()
    {
        var session = await SignInAsync(Responses.TokensWith("expires_in", "2147483647"));

        Assert.Equal("2098-06-04T11:44:07.0000000+00:00", session.Tokens["expires_at"]);
    }

    [Fact]
    public async Task The_application_reads_the_token_with_GetTokenAsync()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/token"] = async context
            => await context.Response.WriteAsync(await context.GetTokenAsync("access_token") ?? "none", context.RequestAborted));
        var browser = site.Browser();

        await browser.SignInAsync();
        var page = await browser.GetAsync("/token");

        Assert.Equal(Responses.AccessToken, page.Body);
    }

    [Fact]
    public async Task No_token_is_kept_without_SaveTokens()
    {
        var session = await SignInAsync(Responses.Tokens, options =>
        {
            options.SaveTokens = false;
            options.AutomaticRefresh = false;
            options.RevokeOnSignOut = false;
        });

        Assert.True(session.SignedIn);
        Assert.Empty(session.Tokens);
        Assert.DoesNotContain(Responses.AccessToken, session.Items.Values);
    }

    [Fact]
    public async Task Nothing_of_the_sign_in_itself_stays_in_the_ticket()
    {
        var session = await SignInAsync(Responses.Tokens);

        Assert.Equal(
            [".AuthScheme", ".Token.access_token", ".Token.expires_at", ".Token.refresh_token", ".Token.token_type", ".TokenNames", ".binance", ".bn", ".expires", ".issued"],
            session.Items.Keys.Order(StringComparer.Ordinal));
    }

    private static async Task<SiteSession> SignInAsync(string tokens, Action<BinanceAuthenticationOptions>? configure = null)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, tokens);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = configure ?? setup.Binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        return await browser.SessionAsync();
    }
}
