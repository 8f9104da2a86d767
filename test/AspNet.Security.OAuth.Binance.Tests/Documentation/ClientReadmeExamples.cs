using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The pieces of code of the client's readme, run. Its whole program is in <see cref="ReadmeConsoleTests"/>.
/// </summary>
public sealed class ClientReadmeExamples
{
    private readonly ConcurrentQueue<string> _locked = [];
    private readonly ConcurrentDictionary<string, BinanceTokens> _newTokens = [];

    [Fact]
    public async Task Refresher_gets_new_tokens()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: cancellationToken);
        var binance = ClientOf(emulator);
        var refreshToken = emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId).RefreshToken;

        var refresher = new BinanceTokenRefresher(binance);
        var tokens = await refresher.RefreshAsync(refreshToken, cancellationToken);

        Assert.True(emulator.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task Refresher_takes_a_call_that_holds_a_lock()
    {
        await using var emulator = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var binance = ClientOf(emulator);
        var issued = emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId).RefreshToken;

        var refresher = new BinanceTokenRefresher(async refreshToken =>
        {
            await using var held = await AcquireLockAsync(refreshToken);
            return await FindNewTokensAsync(refreshToken)
                ?? await StoreNewTokensAsync(refreshToken, await binance.RefreshAsync(refreshToken));
        }, TimeProvider.System);
        var first = await refresher.RefreshAsync(issued, TestContext.Current.CancellationToken);

        Assert.Equal([issued, "released"], _locked);
        var other = await new BinanceTokenRefresher(async _ => (await FindNewTokensAsync(issued))!, TimeProvider.System).RefreshAsync(issued, TestContext.Current.CancellationToken);
        Assert.Equal(first.AccessToken, other.AccessToken);
    }

    [Fact]
    public void Handler_of_the_http_client_can_have_a_proxy()
    {
        var handler = BinanceOAuthClient.CreateHttpHandler();
        handler.Proxy = new WebProxy("http://proxy.example:8080");
        using var http = BinanceOAuthClient.CreateHttpClient(handler);

        Assert.False(handler.AllowAutoRedirect);
    }

    [Fact]
    public async Task A_replaced_client_returns_the_user_of_the_unit_test()
    {
        BinanceOAuthClient binance = new OneUser();

        var user = await binance.GetUserAsync("any", TestContext.Current.CancellationToken);

        Assert.Equal("e10e20b7f20947e7bd206b15ce3dae90", user.UserId);
    }

    private static BinanceOAuthClient ClientOf(BinanceEmulator emulator) => new(BinanceOAuthClient.CreateHttpClient())
    {
        ClientId = BinanceEmulatorDefaults.PublicClientId,
        Endpoints = BinanceEndpoints.At(emulator.BaseAddress),
    };

    private Task<IAsyncDisposable> AcquireLockAsync(string refreshToken)
    {
        _locked.Enqueue(refreshToken);
        return Task.FromResult<IAsyncDisposable>(new Held(_locked));
    }

    private Task<BinanceTokens?> FindNewTokensAsync(string refreshToken) => Task.FromResult(_newTokens.GetValueOrDefault(refreshToken));

    private Task<BinanceTokens> StoreNewTokensAsync(string refreshToken, BinanceTokens tokens) => Task.FromResult(_newTokens.GetOrAdd(refreshToken, tokens));

    private sealed class Held(ConcurrentQueue<string> locked) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            locked.Enqueue("released");
            return ValueTask.CompletedTask;
        }
    }

    [method: SetsRequiredMembers]
    internal sealed class OneUser() : BinanceOAuthClient
    {
        public override Task<BinanceUser> GetUserAsync(string accessToken, CancellationToken cancellationToken = default)
            => Task.FromResult(new BinanceUser { UserId = "e10e20b7f20947e7bd206b15ce3dae90" });
    }
}
