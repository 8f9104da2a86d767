using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Sends the requests of a browser and of an application's server to an emulator, without following redirects.</summary>
internal sealed partial class Visitor : IDisposable
{
    public const string RedirectUri = "http://localhost:5200/signin-binance";

    // RFC 7636 appendix B.
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public Visitor(BinanceEmulator emulator)
        : this(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = emulator.BaseAddress })
    {
    }

    public Visitor(HttpClient http) => Http = http;

    public HttpClient Http { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Dictionary<string, string?> AuthorizeParameters(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = BinanceEmulatorDefaults.ClientId,
            ["redirect_uri"] = RedirectUri,
            ["state"] = "the-state",
            ["scope"] = "user:openId,user:email",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        return Change(parameters, changes);
    }

    public static string AuthorizeUrl(params (string Name, string? Value)[] changes) =>
        "/en/oauth/authorize" + QueryString(AuthorizeParameters(changes));

    public static string QueryString(IEnumerable<KeyValuePair<string, string?>> parameters) => QueryHelpers.AddQueryString("", parameters);

    public Task<HttpResponseMessage> AuthorizeAsync(params (string Name, string? Value)[] changes) => Http.GetAsync(AuthorizeUrl(changes), Token);

    public async Task<string> GetCodeAsync(params (string Name, string? Value)[] changes)
    {
        using var response = await AuthorizeAsync([("emulator_user", BinanceEmulatorDefaults.UserId), .. changes]);
        return RedirectParameters(response)["code"];
    }

    public static Dictionary<string, string> RedirectParameters(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther, $"No redirect but {response.StatusCode}.");
        return QueryHelpers.ParseQuery(response.Headers.Location!.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    public static Dictionary<string, string?> CodeParameters(string code, params (string Name, string? Value)[] changes) => Change(
        new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["client_id"] = BinanceEmulatorDefaults.ClientId,
            ["client_secret"] = BinanceEmulatorDefaults.ClientSecret,
            ["redirect_uri"] = RedirectUri,
            ["code_verifier"] = Verifier,
        },
        changes);

    public static Dictionary<string, string?> RefreshParameters(string refreshToken, params (string Name, string? Value)[] changes) => Change(
        new()
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refreshToken,
            ["client_id"] = BinanceEmulatorDefaults.ClientId,
            ["client_secret"] = BinanceEmulatorDefaults.ClientSecret,
        },
        changes);

    public Task<HttpResponseMessage> RedeemAsync(string code, params (string Name, string? Value)[] changes) => PostAsync(CodeParameters(code, changes));

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken, params (string Name, string? Value)[] changes) => PostAsync(RefreshParameters(refreshToken, changes));

    public async Task<HttpResponseMessage> PostAsync(IEnumerable<KeyValuePair<string, string?>> parameters, string path = "/oauth/token")
    {
        using var content = new FormUrlEncodedContent(parameters);
        return await Http.PostAsync(path, content, Token);
    }

    public async Task<(string AccessToken, string RefreshToken)> SignInAsync(params (string Name, string? Value)[] changes)
    {
        using var response = await RedeemAsync(await GetCodeAsync(changes));
        return await TokensAsync(response);
    }

    public static async Task<(string AccessToken, string RefreshToken)> TokensAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await JsonAsync(response);
        return (json.GetProperty("access_token").GetString()!, json.GetProperty("refresh_token").GetString()!);
    }

    public Task<HttpResponseMessage> UserInfoAsync(string? accessToken) => ApiAsync(HttpMethod.Get, "/oauth-api/v1/user-info", accessToken);

    public Task<HttpResponseMessage> RevokeAsync(string? accessToken) => ApiAsync(HttpMethod.Post, "/oauth-api/v1/revoke-token", accessToken);

    public async Task<HttpResponseMessage> ApiAsync(HttpMethod method, string path, string? accessToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (accessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        }

        return await Http.SendAsync(request, Token);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return document.RootElement.Clone();
    }

    public static async Task AssertOAuthErrorAsync(HttpResponseMessage response, string error, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var json = await JsonAsync(response);
        Assert.Equal((status, error), (response.StatusCode, json.GetProperty("error").GetString()));
        Assert.NotEqual("", json.GetProperty("error_description").GetString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    public Task<ConsentForm> OpenConsentAsync(params (string Name, string? Value)[] changes) => OpenConsentAsync(AuthorizeUrl(changes));

    public async Task<ConsentForm> OpenConsentAsync(string authorizeUrl)
    {
        using var response = await Http.GetAsync(authorizeUrl, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync(Token);
        return new ConsentForm(html, WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value), ConsentId().Match(html).Groups[1].Value);
    }

    public Task<HttpResponseMessage> DecideAsync(ConsentForm form, string decision, string userId = BinanceEmulatorDefaults.UserId) =>
        PostAsync([new("consent", form.Id), new("user", userId), new("decision", decision)], form.Action);

    public void Dispose() => Http.Dispose();

    private static Dictionary<string, string?> Change(Dictionary<string, string?> parameters, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return parameters.Where(pair => pair.Value is not null).ToDictionary();
    }

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"")]
    private static partial Regex FormAction();

    [GeneratedRegex("name=\"consent\" value=\"([0-9a-f]+)\"")]
    private static partial Regex ConsentId();
}

internal sealed record ConsentForm(string Html, string Action, string Id);
