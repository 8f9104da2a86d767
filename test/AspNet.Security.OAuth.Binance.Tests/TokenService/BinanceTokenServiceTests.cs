using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.TokenService;

public sealed class BinanceTokenServiceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_returns_new_tokens_with_their_expiry()
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        var tokens = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);

        Assert.True(site.Emulator.Tokens.IsLive(tokens.AccessToken));
        Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(tokens.RefreshToken!));
        Assert.Equal("bearer", tokens.TokenType);
        Assert.Equal(site.Clock.GetUtcNow() + TestSite.TokenLifetime, tokens.ExpiresAt);
    }

    [Fact]
    public async Task Refresh_keeps_the_refresh_token_when_the_response_has_none()
    {
        await using var site = await TestSite.StartAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"new-access-token","refresh_token":""}"""));

        var tokens = await site.Client.RefreshTokensAsync("the-old-one", cancellationToken: Stop);

        Assert.Equal(("new-access-token", "the-old-one"), (tokens.AccessToken, tokens.RefreshToken));
        Assert.Null(tokens.ExpiresAt);
        Assert.Null(tokens.TokenType);
    }

    [Fact]
    public async Task Concurrent_and_later_callers_share_one_refresh_call()
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop))));
        site.Clock.Pass(TimeSpan.FromSeconds(59));
        var late = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);

        Assert.Equal(late.AccessToken, Assert.Single(all.Select(tokens => tokens.AccessToken).Distinct()));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_shares_its_call_with_concurrent_requests_of_the_session()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var background = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);
        var arrived = site.Requests.Next(10);
        var responses = browser.SendManyAsync(10);
        await arrived;
        hold.Release();

        var tokens = await background;
        Assert.All(await responses, response => Assert.Equal(tokens.AccessToken, response.Session.AccessToken));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_continues_when_its_caller_cancels()
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var cancellation = new CancellationTokenSource();

        var refresh = site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: cancellation.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refresh);
        hold.Release();

        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.True(site.Emulator.Tokens.IsLive((await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop)).AccessToken));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Revocation_ends_the_token()
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        await site.Client.RevokeTokenAsync(issued.AccessToken, cancellationToken: Stop);

        Assert.False(site.Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Equal("Bearer " + issued.AccessToken, Assert.Single(site.Revocations).Authorization);
    }

    [Theory]
    [InlineData("user:openId", null)]
    [InlineData("user:openId,user:email", "with-email@example.com")]
    public async Task User_is_the_owner_of_the_token(string scopes, string? email)
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue(scopes: scopes.Split(','));

        var user = await site.Client.GetUserAsync(issued.AccessToken, cancellationToken: Stop);

        Assert.Equal((BinanceEmulatorDefaults.UserId, email), (user.UserId, user.Email));
    }

    [Fact]
    public async Task Named_scheme_uses_its_own_client_and_its_own_outcomes()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder => builder.AddBinance("Public", options =>
        {
            (options.ClientId, options.IsPublicClient, options.CallbackPath) = (BinanceEmulatorDefaults.PublicClientId, true, "/signin-public");
            options.UseServer(setup.Server);
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
    public async Task Token_service_is_a_singleton()
    {
        await using var site = await TestSite.StartAsync();
        using var scope = site.Services.CreateScope();

        Assert.Same(site.Client, scope.ServiceProvider.GetRequiredService<BinanceTokenService>());
    }

    [Fact]
    public async Task ToString_of_tokens_has_no_secret()
    {
        await using var site = await TestSite.StartAsync();
        var tokens = await site.Client.RefreshTokensAsync(site.Emulator.Tokens.Issue().RefreshToken, cancellationToken: Stop);

        site.Secrets.AssertAbsentFrom(tokens.ToString());
        site.Secrets.AssertAbsentFrom($"{new BinanceTokens { AccessToken = tokens.AccessToken }}");
    }
}
