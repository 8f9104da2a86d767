using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Support;

/// <summary>
/// A client of an emulator, with tokens that the emulator issued.
/// </summary>
internal sealed class EmulatedClient : IAsyncDisposable
{
    public const string RedirectUri = "http://localhost:5299/signin-binance";

    private readonly HttpClient _http = BinanceOAuthClient.CreateHttpClient();

    private EmulatedClient(BinanceEmulator emulator, TimeProvider? time, TimeSpan? timeout)
    {
        Emulator = emulator;
        Client = new(_http)
        {
            ClientId = BinanceEmulatorDefaults.ClientId,
            ClientSecret = BinanceEmulatorDefaults.ClientSecret,
            Endpoints = BinanceEndpoints.At(emulator.BaseAddress),
            TimeProvider = time ?? TimeProvider.System,
            Timeout = timeout ?? TimeSpan.FromSeconds(10),
            RefreshTimeout = timeout ?? TimeSpan.FromSeconds(60),
            RevocationTimeout = timeout ?? TimeSpan.FromSeconds(5),
        };
        Tokens = emulator.Tokens.Issue();
    }

    public BinanceEmulator Emulator { get; }

    public BinanceOAuthClient Client { get; }

    public EmulatorTokenPair Tokens { get; }

    public int TokenRequests => Emulator.Requests.Count(EmulatorEndpoint.Token);

    public static async Task<EmulatedClient> StartAsync(TimeProvider? time = null, TimeSpan? timeout = null)
        => new(await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken), time, timeout);

    /// <summary>The request of a method of the client, by the endpoint that it goes to. A token request is one with a code, or a refresh.</summary>
    public Task CallAsync(string method, CancellationToken cancellationToken) => method switch
    {
        nameof(BinanceOAuthClient.ExchangeCodeAsync) => Client.ExchangeCodeAsync("a-code", RedirectUri, "a-verifier", cancellationToken),
        nameof(BinanceOAuthClient.RefreshAsync) => Client.RefreshAsync(Tokens.RefreshToken, cancellationToken),
        nameof(BinanceOAuthClient.GetUserAsync) => Client.GetUserAsync(Tokens.AccessToken, cancellationToken),
        nameof(BinanceOAuthClient.RevokeAsync) => Client.RevokeAsync(Tokens.AccessToken, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    public static EmulatorEndpoint EndpointOf(string method) => method switch
    {
        nameof(BinanceOAuthClient.GetUserAsync) => EmulatorEndpoint.UserInfo,
        nameof(BinanceOAuthClient.RevokeAsync) => EmulatorEndpoint.Revoke,
        _ => EmulatorEndpoint.Token,
    };

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return Emulator.DisposeAsync();
    }
}
