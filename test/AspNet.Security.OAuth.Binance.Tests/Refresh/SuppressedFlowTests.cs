namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A caller that has suppressed the flow of its execution context.
/// </summary>
public sealed class SuppressedFlowTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_service_works_with_suppressed_flow()
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();

        var refreshed = await Suppressed(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));

        // The outcome is shared as usual.
        Assert.Equal(refreshed.AccessToken, (await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        await Suppressed(() => site.Client.RevokeTokenAsync(refreshed.AccessToken, cancellationToken: Stop));
        Assert.False(site.Emulator.Tokens.IsLive(refreshed.AccessToken));
    }

    [Fact]
    public async Task Token_refresher_works_with_suppressed_flow()
    {
        var calls = 0;
        var refresher = new BinanceTokenRefresher(
            _ =>
            {
                calls++;
                return Task.FromResult(new BinanceTokens { AccessToken = "access", RefreshToken = "new" });
            },
            TimeProvider.System);

        var first = await Suppressed(() => refresher.RefreshAsync("old", Stop));
        var second = await refresher.RefreshAsync("old", Stop);

        Assert.Equal(("access", "access", 1), (first.AccessToken, second.AccessToken, calls));
    }

    private static T Suppressed<T>(Func<T> start)
    {
        using (ExecutionContext.SuppressFlow())
        {
            var started = start();
            Assert.True(ExecutionContext.IsFlowSuppressed());
            return started;
        }
    }
}
