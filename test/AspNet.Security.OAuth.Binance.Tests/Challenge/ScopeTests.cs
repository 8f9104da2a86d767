using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class ScopeTests
{
    [Fact]
    public async Task Scopes_are_joined_by_commas_in_their_order()
    {
        var scope = await ScopeOfAsync(new AuthenticationProperties(), options =>
        {
            options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
            options.Scope.Add(BinanceAuthenticationConstants.Scopes.CreateApiKey);
        });

        Assert.Equal("user:openId,user:email,create:apikey", scope);
    }

    [Fact]
    public async Task A_scope_that_is_listed_twice_is_requested_once()
    {
        var scope = await ScopeOfAsync(new AuthenticationProperties(), options =>
        {
            options.Scope.Add("user:openId");
            options.Scope.Add("user:email , user:openId,,");
            options.Scope.Add(" ");
        });

        Assert.Equal("user:openId,user:email", scope);
    }

    [Fact]
    public async Task An_unknown_scope_is_requested_unchanged()
    {
        var scope = await ScopeOfAsync(new AuthenticationProperties(), options => options.Scope.Add("asset:Balance"));

        Assert.Equal("user:openId,asset:Balance", scope);
    }

    [Fact]
    public async Task Scopes_of_one_challenge_replace_the_options()
    {
        var scope = await ScopeOfAsync(new OAuthChallengeProperties { Scope = ["user:email", "create:apikey", "user:email"] });

        Assert.Equal("user:email,create:apikey", scope);
    }

    [Fact]
    public async Task Scopes_of_one_binance_challenge_replace_the_options()
    {
        var properties = new BinanceChallengeProperties();
        properties.SetScope("user:openId", "user:email");

        Assert.Equal("user:openId,user:email", await ScopeOfAsync(properties));
    }

    [Fact]
    public async Task Scopes_of_one_challenge_do_not_affect_the_next()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/more"] = context
            => context.ChallengeAsync("Binance", new OAuthChallengeProperties { Scope = ["create:apikey"] }));
        var browser = site.Browser();

        var first = await browser.ChallengeAsync("/more");
        var second = await browser.ChallengeAsync();

        Assert.Equal("create:apikey", first.Scope);
        Assert.Equal("user:openId", second.Scope);
    }

    private static async Task<string?> ScopeOfAsync(
        AuthenticationProperties properties, Action<BinanceAuthenticationOptions>? configure = null)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = configure ?? setup.Binance;
            setup.Pages["/challenge"] = context => context.ChallengeAsync("Binance", properties);
        });

        return (await site.Browser().ChallengeAsync("/challenge")).Scope;
    }
}
