using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// The parts of a sign-in that no implementation can omit, called directly: state, correlation cookie, proof key, two calls parsed from
/// UTF-8, one cookie sign-in. It validates almost nothing and is not for use.
/// </summary>
internal sealed class Floor(IDataProtectionProvider keys, Server server) : IDisposable
{
    private const string CorrelationItem = ".xsrf";
    private const string VerifierItem = "code_verifier";

    private static readonly MediaTypeWithQualityHeaderValue _json = new("application/json");

    private readonly PropertiesDataFormat _states = new(keys.CreateProtector(nameof(Floor)));
    private readonly HttpClient _client = new(server.Backchannel ?? new SocketsHttpHandler());
    private readonly Uri _tokenEndpoint = new(server.TokenEndpoint);
    private readonly Uri _userEndpoint = new(server.UserInformationEndpoint);
    private readonly string _authorizeUrl
        = $"{server.AuthorizationEndpoint}?client_id={BinanceEmulatorDefaults.ClientId}&scope=user%3AopenId&response_type=code&code_challenge_method=S256";

    public Task ServeAsync(HttpContext context) => context.Request.Path == Site.LoginPath ? Challenge(context) : CallbackAsync(context);

    public void Dispose() => _client.Dispose();

    private static CookieOptions CorrelationCookie() => new()
    {
        Path = Site.CallbackPath,
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = true,
        Expires = TimeProvider.System.GetUtcNow().AddMinutes(15),
    };

    private static string RedirectUri(HttpRequest request) => string.Concat(request.Scheme, "://", request.Host.Value, Site.CallbackPath);

    private static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private Task Challenge(HttpContext context)
    {
        var properties = new AuthenticationProperties { RedirectUri = Site.UserPath };
        var correlation = RandomText();
        properties.Items[CorrelationItem] = correlation;
        context.Response.Cookies.Append(".AspNetCore.Correlation." + correlation, "N", CorrelationCookie());

        var verifier = RandomText();
        properties.Items[VerifierItem] = verifier;
        Span<byte> ascii = stackalloc byte[64];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii[..Encoding.ASCII.GetBytes(verifier, ascii)], hash);

        context.Response.Redirect(string.Concat(
            _authorizeUrl + "&redirect_uri=",
            Uri.EscapeDataString(RedirectUri(context.Request)),
            "&code_challenge=" + Base64Url.EncodeToString(hash),
            "&state=" + _states.Protect(properties)));
        return Task.CompletedTask;
    }

    private async Task CallbackAsync(HttpContext context)
    {
        var properties = _states.Unprotect(context.Request.Query["state"])!;
        properties.Items.Remove(CorrelationItem, out var correlation);
        properties.Items.Remove(VerifierItem, out var verifier);
        var cookie = ".AspNetCore.Correlation." + correlation;
        if (context.Request.Cookies[cookie] is not "N")
        {
            throw new InvalidOperationException("The correlation cookie is missing.");
        }

        context.Response.Cookies.Delete(cookie, CorrelationCookie());

        using var tokens = await ExchangeAsync(context, verifier!);
        var accessToken = tokens.RootElement.GetProperty("access_token"u8).GetString()!;
        using var user = await ReadUserAsync(accessToken, context.RequestAborted);
        var data = user.RootElement.GetProperty("data"u8);

        var identity = new ClaimsIdentity(Site.Scheme);
        identity.AddClaim(new(ClaimTypes.NameIdentifier, data.GetProperty("userId"u8).GetString()!, ClaimValueTypes.String, Site.Scheme));
        identity.AddClaim(new(ClaimTypes.Email, data.GetProperty("email"u8).GetString()!, ClaimValueTypes.String, Site.Scheme));

        var returnUrl = properties.RedirectUri!;
        properties.RedirectUri = null;
        properties.Items[".AuthScheme"] = Site.Scheme;
        properties.Items[".TokenNames"] = "access_token;refresh_token;token_type;expires_at";
        properties.Items[".Token.access_token"] = accessToken;
        properties.Items[".Token.refresh_token"] = tokens.RootElement.GetProperty("refresh_token"u8).GetString();
        properties.Items[".Token.token_type"] = tokens.RootElement.GetProperty("token_type"u8).GetString();
        properties.Items[".Token.expires_at"] = TimeProvider.System.GetUtcNow()
            .AddSeconds(tokens.RootElement.GetProperty("expires_in"u8).GetInt32())
            .ToString("o", CultureInfo.InvariantCulture);

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity), properties);
        context.Response.Redirect(returnUrl);
    }

    private async Task<JsonDocument> ExchangeAsync(HttpContext context, string verifier)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _tokenEndpoint);
        request.Headers.Accept.Add(_json);
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"),
            new("code", (string?)context.Request.Query["code"]),
            new("redirect_uri", RedirectUri(context.Request)),
            new("code_verifier", verifier),
            new("client_id", BinanceEmulatorDefaults.ClientId),
            new("client_secret", BinanceEmulatorDefaults.ClientSecret),
        ]);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        return await ParseAsync(response, context.RequestAborted);
    }

    private async Task<JsonDocument> ReadUserAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _userEndpoint);
        request.Headers.Accept.Add(_json);
        request.Headers.Authorization = new("Bearer", accessToken);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await ParseAsync(response, cancellationToken);
    }

    private static async Task<JsonDocument> ParseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
}
