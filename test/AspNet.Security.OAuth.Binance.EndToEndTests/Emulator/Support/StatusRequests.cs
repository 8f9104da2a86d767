using System.Net.Http.Headers;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// Requests that the status page shows.
/// </summary>
internal sealed class StatusRequests(BinanceEmulator binance) : IDisposable
{
    public const string LongClientId = "long";

    private const string RedirectUri = "http://localhost:5200/signin-binance";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = binance.BaseAddress };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The address of a consent page.</summary>
    public static string AuthorizeUrl(string language = "en", string clientId = BinanceEmulatorDefaults.ClientId) => QueryHelpers.AddQueryString($"/{language}/oauth/authorize", new Dictionary<string, string?>
    {
        ["response_type"] = "code",
        ["client_id"] = clientId,
        ["redirect_uri"] = RedirectUri,
        ["state"] = "the-state",
        ["scope"] = "user:openId,user:email,create:apikey",
        ["code_challenge"] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ["code_challenge_method"] = "S256",
    });

    /// <summary>Sends one of each kind: a sign-in, refusals, a fault, tokens, a revocation.</summary>
    public async Task SendAllAsync()
    {
        var code = await SignInAsync();
        using var redeemed = await PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", Verifier));
        using var replayed = await PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", Verifier));
        await UserInfoAsync(binance.Tokens.Issue().AccessToken);
        await UserInfoAsync("83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5");
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 3);
        using var faulted = await PostAsync(("grant_type", "refresh_token"), ("refresh_token", "any"));
        binance.Options.AllowedOrigins.Add("http://localhost:5300");
        binance.Clock.Advance(TimeSpan.FromMinutes(90));
    }

    /// <summary>Sends a request that is refused, with a User-Agent.</summary>
    public async Task RefuseAsync(string userAgent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Headers = { { "User-Agent", userAgent } } };
        using var response = await _http.SendAsync(request, Cancellation);
    }

    /// <summary>Adds a client and an account with the longest names, which cannot be wrapped, and signs in.</summary>
    public async Task SignInWithLongNamesAsync()
    {
        var name = new string('W', 120);
        binance.Clients.Add(new EmulatorClient { ClientId = LongClientId, Name = name, RedirectUris = [RedirectUri] });
        var user = new EmulatorUser { Label = name, Email = $"{name}@example.com" };
        binance.Users.Add(user);
        using var response = await _http.GetAsync($"{AuthorizeUrl(clientId: LongClientId)}&emulator_user={user.UserId}", Cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> SignInAsync()
    {
        using var response = await _http.GetAsync($"{AuthorizeUrl()}&emulator_user={BinanceEmulatorDefaults.UserId}", Cancellation);
        return QueryHelpers.ParseQuery(response.Headers.Location!.Query)["code"].ToString();
    }

    private async Task UserInfoAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth-api/v1/user-info") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } };
        using var response = await _http.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] parameters)
    {
        using var form = new FormUrlEncodedContent(
        [
            .. parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)),
            new("client_id", BinanceEmulatorDefaults.ClientId),
            new("client_secret", BinanceEmulatorDefaults.ClientSecret),
        ]);
        return await _http.PostAsync("/oauth/token", form, Cancellation);
    }
}
