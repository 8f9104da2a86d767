using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// An application's unit test replaces <see cref="BinanceOAuthClient"/>, <see cref="BinanceTokenRefresher"/> and <see cref="BinanceTokenService"/>.
/// </summary>
public sealed class ClientReplacementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_service_of_the_application_is_used_registered_before_or_after(bool isFirst)
    {
        var services = new ServiceCollection();
        if (isFirst)
        {
            services.AddSingleton<BinanceTokenService, OwnTokenService>();
        }

        services.AddAuthentication().AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));
        if (!isFirst)
        {
            services.AddSingleton<BinanceTokenService, OwnTokenService>();
        }

        await using var provider = services.BuildServiceProvider();

        var tokens = await provider.GetRequiredService<BinanceTokenService>().RefreshTokensAsync("old", cancellationToken: Token);

        Assert.Equal("of old", tokens.AccessToken);
    }

    [Fact]
    public async Task Method_of_the_token_service_that_is_not_overridden_throws()
    {
        BinanceTokenService service = new OwnTokenService();

        await Assert.ThrowsAsync<NotSupportedException>(() => service.GetUserAsync("any", cancellationToken: Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => service.RevokeTokenAsync("any", cancellationToken: Token));
    }

    [Fact]
    public async Task Client_of_the_application_is_used()
    {
        BinanceOAuthClient client = new OwnClient();

        var tokens = await new BinanceTokenRefresher(client).RefreshAsync("old", Token);

        Assert.Equal("of old", tokens.AccessToken);
    }

    [Fact]
    public async Task Method_of_the_client_that_is_not_overridden_throws_and_sends_nothing()
    {
        BinanceOAuthClient client = new OwnClient();

        await Assert.ThrowsAsync<NotSupportedException>(() => client.ExchangeCodeAsync("code", "https://site.example", null, Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetUserAsync("any", Token));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.RevokeAsync("any", Token));
        Assert.Empty(client.ClientId);
    }

    [Fact]
    public async Task Refresher_of_the_application_is_used()
    {
        BinanceTokenRefresher refresher = new OwnRefresher(new OwnClient());

        Assert.Equal("own", (await refresher.RefreshAsync("old", Token)).AccessToken);
        Assert.Null(refresher.Find("old"));
    }

    private sealed class OwnTokenService : BinanceTokenService
    {
        public override Task<BinanceTokens> RefreshTokensAsync(string refreshToken, string scheme = "Binance", CancellationToken cancellationToken = default)
            => Task.FromResult(new BinanceTokens { AccessToken = "of " + refreshToken });
    }

    [method: SetsRequiredMembers]
    private sealed class OwnClient() : BinanceOAuthClient
    {
        public override Task<BinanceTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken = default)
            => Task.FromResult(new BinanceTokens { AccessToken = "of " + refreshToken });
    }

    private sealed class OwnRefresher(BinanceOAuthClient client) : BinanceTokenRefresher(client)
    {
        public override Task<BinanceTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken = default)
            => Task.FromResult(new BinanceTokens { AccessToken = "own" });
    }
}
