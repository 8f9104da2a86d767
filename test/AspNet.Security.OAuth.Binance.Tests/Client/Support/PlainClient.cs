using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Support;

/// <summary>
/// A client without a network. A test chooses the address of the endpoint of one method.
/// </summary>
internal sealed class PlainClient : IDisposable
{
    /// <summary>The methods that send a request, or a browser.</summary>
    public static readonly string[] Methods =
    [
        nameof(BinanceOAuthClient.CreateAuthorizationRequest),
        nameof(BinanceOAuthClient.ExchangeCodeAsync),
        nameof(BinanceOAuthClient.RefreshAsync),
        nameof(BinanceOAuthClient.GetUserAsync),
        nameof(BinanceOAuthClient.RevokeAsync),
    ];

    private readonly FuzzBackchannel _backchannel = new();
    private readonly HttpClient _http;
    private readonly string _method;

    public PlainClient(string method, string address, Func<HttpClient, BinanceEndpoints, BinanceOAuthClient>? create = null)
    {
        _method = method;
        _http = BinanceOAuthClient.CreateHttpClient(_backchannel);
        var (right, plain) = (BinanceEndpoints.At(new Uri("https://server.example")), BinanceEndpoints.At(new Uri(address)));
        var endpoints = new BinanceEndpoints
        {
            Authorization = method == nameof(BinanceOAuthClient.CreateAuthorizationRequest) ? plain.Authorization : right.Authorization,
            Token = method is nameof(BinanceOAuthClient.ExchangeCodeAsync) or nameof(BinanceOAuthClient.RefreshAsync) ? plain.Token : right.Token,
            UserInformation = method == nameof(BinanceOAuthClient.GetUserAsync) ? plain.UserInformation : right.UserInformation,
            Revocation = method == nameof(BinanceOAuthClient.RevokeAsync) ? plain.Revocation : right.Revocation,
        };
        Client = create?.Invoke(_http, endpoints) ?? new(_http) { ClientId = TestSite.ClientId, Endpoints = endpoints };
    }

    public BinanceOAuthClient Client { get; }

    /// <summary>The number of requests.</summary>
    public int Requests => _backchannel.Calls(BinanceStub.TokenPath) + _backchannel.Calls(BinanceStub.UserPath) + _backchannel.Calls(BinanceStub.RevocationPath);

    public async Task CallAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        switch (_method)
        {
            case nameof(BinanceOAuthClient.CreateAuthorizationRequest):
                Client.CreateAuthorizationRequest("https://site.example/signin-binance", [BinanceAuthenticationConstants.Scopes.OpenId]);
                break;
            case nameof(BinanceOAuthClient.ExchangeCodeAsync):
                await Client.ExchangeCodeAsync("a-code", "https://site.example/signin-binance", "a-verifier", stop);
                break;
            case nameof(BinanceOAuthClient.RefreshAsync):
                await Client.RefreshAsync("a-refresh-token", stop);
                break;
            case nameof(BinanceOAuthClient.GetUserAsync):
                await Client.GetUserAsync("an-access-token", stop);
                break;
            default:
                await Client.RevokeAsync("an-access-token", stop);
                break;
        }
    }

    public void Dispose() => _http.Dispose();
}
