using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using AspNet.Security.OAuth.Binance.Protocol;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// A client of Binance's OAuth 2.0 server. Every failure of a request is a <see cref="BinanceAuthenticationException"/>; cancellation
/// by the caller stays an <see cref="OperationCanceledException"/>. At most 64 KiB of a response are read, and nothing of it is logged.
/// The methods are thread-safe and virtual, so that an application can replace the client in its unit tests.
/// </summary>
/// <example>
/// <code>
/// var binance = new BinanceOAuthClient(BinanceOAuthClient.CreateHttpClient()) { ClientId = "…" };
/// </code>
/// </example>
public class BinanceOAuthClient
{
    private const int Attempts = 2;
    private const int LongestForm = 6;

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;

    /// <summary>
    /// Initializes a client.
    /// </summary>
    /// <param name="httpClient">
    /// Sends the requests. It must not follow redirects, because a followed redirect hands the client secret, a code or a token to
    /// the server that the redirect names (RFC 9700 section 4.12): <see cref="CreateHttpClient"/> makes such a client.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="httpClient"/> is <see langword="null"/>.</exception>
    public BinanceOAuthClient(HttpClient httpClient)
    {
        ArgumentNullException.ThrowIfNull(httpClient);
        _http = httpClient;
    }

    /// <summary>
    /// Initializes a client that overrides every method, for unit tests.
    /// </summary>
    [SetsRequiredMembers]
    protected BinanceOAuthClient()
        => (_http, ClientId) = (new HttpClient(new NoNetwork()), string.Empty);

    /// <summary>
    /// Gets the client id.
    /// </summary>
    public required string ClientId { get; init; }

    /// <summary>
    /// Gets the client secret.
    /// </summary>
    /// <value>The default is <see langword="null"/> which, like an empty one, is a public client (RFC 6749 section 2.1): no request has a <c>client_secret</c>, not even an empty one.</value>
    public string? ClientSecret { get; init; }

    /// <summary>
    /// Gets the endpoints.
    /// </summary>
    /// <value>The default is <see cref="BinanceEndpoints.Production"/>.</value>
    public BinanceEndpoints Endpoints { get; init; } = BinanceEndpoints.Production;

    /// <summary>
    /// Gets the time that a request may take, from the first byte to the last.
    /// </summary>
    /// <value>
    /// The default is 10 seconds. <see cref="RefreshTimeout"/> and <see cref="RevocationTimeout"/> are those of a refresh and of a revocation.
    /// With <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> the caller's cancellation alone ends a request.
    /// </value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets a value indicating whether endpoints have to be https. Plain http is accepted on the loopback interface, where an emulator is.
    /// </summary>
    /// <value>The default is <see langword="true"/>: over plain http the client secret, codes and tokens can be read in transit (RFC 6749 section 3.2).</value>
    public bool RequireHttpsEndpoints { get; init; } = true;

    /// <summary>
    /// Gets the time that a refresh may take, from the first byte to the last. A refresh cannot be repeated, and its response may be the
    /// only one: it is not cut short when its callers stop waiting.
    /// </summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan RefreshTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Gets the time that a revocation may take, from the first byte to the last.
    /// </summary>
    /// <value>The default is 5 seconds: a user who signs out waits for it.</value>
    public TimeSpan RevocationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets the clock of timeouts and of <see cref="BinanceTokens.ExpiresAt"/>.
    /// </summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Creates an HTTP client for Binance: it follows no redirect, keeps no cookie, and has no timeout of its own, because
    /// <see cref="Timeout"/> bounds a request with its body.
    /// </summary>
    /// <param name="handler">The handler to use, such as one with a proxy. Redirects are switched off in it. The default is <see cref="CreateHttpHandler"/>.</param>
    /// <returns>The client. Disposing it disposes the handler.</returns>
    /// <exception cref="InvalidOperationException">The handler follows redirects and has sent requests already, so that this cannot be changed.</exception>
    public static HttpClient CreateHttpClient(HttpMessageHandler? handler = null) => Backchannel.CreateClient(handler ?? CreateHttpHandler());

    /// <summary>
    /// Creates an HTTP handler for Binance: it follows no redirect, keeps no cookie, and closes the connection of a response that is not
    /// read to its end. An application may change what else it needs, such as the proxy.
    /// </summary>
    /// <returns>The handler.</returns>
    public static SocketsHttpHandler CreateHttpHandler() => Backchannel.CreateHandler();

    /// <summary>
    /// Joins scopes as Binance expects them: separated by commas, without duplicates.
    /// </summary>
    /// <param name="scopes">The scopes. A value with commas counts as several scopes.</param>
    /// <returns>The value of the <c>scope</c> parameter.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scopes"/> is <see langword="null"/>.</exception>
    public static string FormatScope(IEnumerable<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return string.Join(',', scopes
            .SelectMany(scope => scope.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal));
    }

    /// <summary>
    /// Creates an authorization request with a state and a proof key of its own (RFC 7636, S256).
    /// </summary>
    /// <param name="redirectUri">The redirect URI, as it is registered at Binance.</param>
    /// <param name="scopes">The permissions to request.</param>
    /// <param name="locale">The language of Binance's pages, for example <c>tr</c>. The default is that of <see cref="BinanceEndpoints.Authorization"/>.</param>
    /// <param name="additionalParameters">Parameters to add to the URL, for example <c>bundleID</c>. The default is none.</param>
    /// <returns>The request. Keep it until the browser returns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="redirectUri"/> or <paramref name="scopes"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="redirectUri"/> is empty, there is no scope, <paramref name="locale"/> does not have the form of a language, or a name in
    /// <paramref name="additionalParameters"/> is empty, repeated, or one of the protocol's own (RFC 6749 section 3.1).
    /// </exception>
    /// <exception cref="InvalidOperationException">The endpoint is not https, and <see cref="RequireHttpsEndpoints"/> is not switched off.</exception>
    public virtual BinanceAuthorizationRequest CreateAuthorizationRequest(
        string redirectUri, IEnumerable<string> scopes, string? locale = null, IEnumerable<KeyValuePair<string, string>>? additionalParameters = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(redirectUri);
        var scope = FormatScope(scopes);
        if (scope.Length == 0)
        {
            throw new ArgumentException("At least one scope is needed: request 'user:openId'.", nameof(scopes));
        }

        KeyValuePair<string, string>[] additional = [.. additionalParameters ?? []];
        if (additional.Any(parameter => string.IsNullOrEmpty(parameter.Key) || AuthorizeUrl.IsReserved(parameter.Key))
            || additional.DistinctBy(parameter => parameter.Key, StringComparer.OrdinalIgnoreCase).Count() != additional.Length)
        {
            throw new ArgumentException("A parameter is without a name, repeated, or one of the protocol's own. Remove it.", nameof(additionalParameters));
        }

        var (state, verifier) = (ProofKey.NewSecret(), ProofKey.NewSecret());
        var endpoint = Checked(Endpoints.Authorization).AbsoluteUri;
        return new()
        {
            Url = AuthorizeUrl.Build(
                locale is null ? endpoint : BinanceEndpoints.Localize(endpoint, locale),
                ClientId,
                scope,
                redirectUri,
                ProofKey.ChallengeOf(verifier),
                state,
                additional),
            RedirectUri = redirectUri,
            State = state,
            CodeVerifier = verifier,
        };
    }

    /// <summary>
    /// Exchanges an authorization code for tokens (RFC 6749 section 4.1.3). The request is never repeated: a code can be used once.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request.</param>
    /// <param name="codeVerifier">The verifier of the proof key, or <see langword="null"/> if the authorization request had none.</param>
    /// <param name="cancellationToken">Cancels the request. The code may be spent nevertheless.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="ArgumentException"><paramref name="code"/> or <paramref name="redirectUri"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">Binance refused, the response is not what Binance documents, or there was none in time.</exception>
    /// <exception cref="InvalidOperationException">The endpoint is not https, and <see cref="RequireHttpsEndpoints"/> is not switched off.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<BinanceTokens> ExchangeCodeAsync(
        string code, string redirectUri, string? codeVerifier, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentException.ThrowIfNullOrEmpty(redirectUri);
        List<KeyValuePair<string, string>> form = new(LongestForm)
        {
            new("grant_type", "authorization_code"),
            new("code", code),
            new("redirect_uri", redirectUri),
        };
        if (codeVerifier is not null)
        {
            form.Add(new("code_verifier", codeVerifier));
        }

        return RequestTokensAsync(form, code, codeVerifier, previousRefreshToken: null, Timeout, cancellationToken);
    }

    /// <summary>
    /// Gets new tokens for a refresh token (RFC 6749 section 6). The request is never repeated. A server that rotates refresh tokens
    /// treats a second use as theft, so that concurrent callers have to share one call: <see cref="BinanceTokenRefresher"/>.
    /// </summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="cancellationToken">Cancels the request. The refresh token may be spent nevertheless, and the new tokens lost.</param>
    /// <returns>The new tokens. Store them before you use them.</returns>
    /// <exception cref="ArgumentException"><paramref name="refreshToken"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// With <see cref="BinanceFailure.InvalidGrant"/> the user has to sign in again; after any other failure the old tokens remain those to keep.
    /// </exception>
    /// <exception cref="InvalidOperationException">The endpoint is not https, and <see cref="RequireHttpsEndpoints"/> is not switched off.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<BinanceTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        List<KeyValuePair<string, string>> form = new(LongestForm)
        {
            new("grant_type", "refresh_token"),
            new("refresh_token", refreshToken),
        };
        return RequestTokensAsync(form, refreshToken, null, refreshToken, RefreshTimeout, cancellationToken);
    }

    /// <summary>
    /// Gets the user whose access token this is. The request is repeated once, after 200 ms, if Binance is unavailable.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The user.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">Binance refused, the response is not what Binance documents, or there was none in time.</exception>
    /// <exception cref="InvalidOperationException">The endpoint is not https, and <see cref="RequireHttpsEndpoints"/> is not switched off.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual async Task<BinanceUser> GetUserAsync(string accessToken, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Checked(Endpoints.UserInformation));
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
                var response = await SendAsync(request, UserResponse.Call, Timeout, cancellationToken).ConfigureAwait(false);
                return UserResponse.Read(response, accessToken);
            }
            catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.Unavailable && attempt < Attempts)
            {
                // Only this request may be repeated: it is a GET that changes nothing.
                await Task.Delay(_retryDelay, TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Revokes an access token. The request is never repeated.
    /// </summary>
    /// <param name="accessToken">The access token.</param>
    /// <param name="cancellationToken">Cancels the request. The token may be revoked nevertheless.</param>
    /// <returns>A task that completes when Binance has confirmed that the token is revoked.</returns>
    /// <exception cref="ArgumentException"><paramref name="accessToken"/> is null or empty.</exception>
    /// <exception cref="BinanceAuthenticationException">Binance refused, the response is not what Binance documents, or there was none in time.</exception>
    /// <exception cref="InvalidOperationException">The endpoint is not https, and <see cref="RequireHttpsEndpoints"/> is not switched off.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual async Task RevokeAsync(string accessToken, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Checked(Endpoints.Revocation));

        // Empty content, not none: HttpClient automatically repeats a request without content when its connection breaks.
        request.Content = new ByteArrayContent([]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var response = await SendAsync(request, RevocationResponse.Call, RevocationTimeout, cancellationToken).ConfigureAwait(false);
        RevocationResponse.Check(response, accessToken);
    }

    private async Task<BinanceTokens> RequestTokensAsync(
        List<KeyValuePair<string, string>> form,
        string secret,
        string? otherSecret,
        string? previousRefreshToken,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        form.Add(new("client_id", ClientId));
        if (!string.IsNullOrEmpty(ClientSecret))
        {
            form.Add(new("client_secret", ClientSecret));
        }

        // A form body, not a query: servers and proxies log URLs (W4).
        using var request = new HttpRequestMessage(HttpMethod.Post, Checked(Endpoints.Token)) { Content = new FormUrlEncodedContent(form) };
        var response = await SendAsync(request, TokenResponse.Call, timeout, cancellationToken).ConfigureAwait(false);
        return TokenResponse.Read(response, TimeProvider.GetUtcNow(), previousRefreshToken, [ClientSecret, secret, otherSecret]);
    }

    private Uri Checked(Uri endpoint)
        => !RequireHttpsEndpoints || endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsLoopback
            ? endpoint
            : throw new InvalidOperationException(
                $"The endpoint {endpoint.Scheme}://{endpoint.Host} is not https. {nameof(RequireHttpsEndpoints)} = false allows that, for a network that others cannot read.");

    private ValueTask<BinanceResponse> SendAsync(HttpRequestMessage request, string call, TimeSpan timeout, CancellationToken cancellationToken)
        => Backchannel.SendAsync(_http, request, call, timeout, TimeProvider, cancellationToken);

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => throw new NotSupportedException("A BinanceOAuthClient without an HttpClient has to override each method that is called. Override this one, or pass an HttpClient.");
    }
}
