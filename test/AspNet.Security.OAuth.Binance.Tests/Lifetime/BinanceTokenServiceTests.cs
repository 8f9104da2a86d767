using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class BinanceTokenServiceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_brings_new_tokens_and_says_when_they_expire()
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        var tokens = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);

        Assert.True(site.Emulator.Tokens.IsLive(tokens.AccessToken));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(tokens.RefreshToken!));
        Assert.Equal("bearer", tokens.TokenType);
        Assert.Equal(site.Clock.GetUtcNow() + LifetimeSite.TokenLifetime, tokens.ExpiresAt);
    }

    [Fact]
    public async Task Refresh_keeps_the_refresh_token_when_the_answer_brings_none()
    {
        await using var site = await LifetimeSite.StartAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"alone","refresh_token":""}"""));

        var tokens = await site.Client.RefreshTokensAsync("the-one-in-force", cancellationToken: Stop);

        Assert.Equal(("alone", "the-one-in-force"), (tokens.AccessToken, tokens.RefreshToken));
        Assert.Null(tokens.ExpiresAt);
        Assert.Null(tokens.TokenType);
    }

    [Fact]
    public async Task Refresh_is_one_call_for_all_callers_at_once_and_shortly_after()
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop))));
        site.Clock.Pass(TimeSpan.FromSeconds(59));
        var late = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);

        Assert.Equal(late.AccessToken, Assert.Single(all.Select(tokens => tokens.AccessToken).Distinct()));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_shares_its_call_with_the_requests_that_come_with_the_same_token()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var background = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);
        var arrived = site.Requests.Next(10);
        var crowd = browser.SendManyAsync(10);
        await arrived;
        hold.Release();

        var tokens = await background;
        Assert.All(await crowd, answer => Assert.Equal(tokens.AccessToken, answer.Session.AccessToken));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_goes_on_for_the_others_when_a_caller_gives_up()
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var giveUp = new CancellationTokenSource();

        var impatient = site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: giveUp.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await giveUp.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        hold.Release();

        Assert.Equal(giveUp.Token, cancelled.CancellationToken);
        Assert.True(site.Emulator.Tokens.IsLive((await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop)).AccessToken));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Revocation_kills_the_token()
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        await site.Client.RevokeTokenAsync(issued.AccessToken, cancellationToken: Stop);

        Assert.False(site.Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Equal("Bearer " + issued.AccessToken, Assert.Single(site.Revocations).Authorization);
    }

    [Theory]
    [InlineData("user:openId", null)]
    [InlineData("user:openId,user:email", "with-email@example.com")]
    public async Task User_is_who_the_token_stands_for(string scopes, string? email)
    {
        await using var site = await LifetimeSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue(scopes: scopes.Split(','));

        var user = await site.Client.GetUserAsync(issued.AccessToken, cancellationToken: Stop);

        Assert.Equal((BinanceEmulatorDefaults.UserId, email), (user.UserId, user.Email));
    }

    [Fact]
    public async Task A_named_scheme_is_called_with_its_own_client_and_its_own_gate()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, binance) => builder.AddBinance("Public", options =>
        {
            (options.ClientId, options.IsPublicClient, options.CallbackPath) = (BinanceEmulatorDefaults.PublicClientId, true, "/signin-public");
            options.UseServer(binance);
        }));
        var issued = site.Emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId);

        // The wrong client's refusal is not remembered for the right one.
        await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));
        var tokens = await site.Client.RefreshTokensAsync(issued.RefreshToken, "Public", Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await site.Client.GetUserAsync(tokens.AccessToken, "Public", Stop)).UserId);
        await site.Client.RevokeTokenAsync(tokens.AccessToken, "Public", Stop);
        var request = site.Emulator.Requests.To(EmulatorEndpoint.Token)[^1];
        Assert.Equal(BinanceEmulatorDefaults.PublicClientId, request.Form["client_id"]);
        Assert.False(request.Form.Contains("client_secret"));
    }

    [Fact]
    public async Task It_is_one_object_in_the_whole_application()
    {
        await using var site = await LifetimeSite.StartAsync();
        using var scope = site.Services.CreateScope();

        Assert.Same(site.Client, scope.ServiceProvider.GetRequiredService<BinanceTokenService>());
    }

    [Fact]
    public async Task Tokens_do_not_show_themselves()
    {
        await using var site = await LifetimeSite.StartAsync();
        var tokens = await site.Client.RefreshTokensAsync(site.Emulator.Tokens.Issue().RefreshToken, cancellationToken: Stop);

        site.Secrets.AssertAbsentFrom(tokens.ToString());
        site.Secrets.AssertAbsentFrom($"{new BinanceTokens { AccessToken = tokens.AccessToken }}");
    }
}
