using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Puts the current access token on the calls of one client, if they go to the server that the client is for.
/// </summary>
/// <param name="baseAddress">The server's address.</param>
/// <param name="accessToken">Returns an access token that is good.</param>
/// <param name="inner">Sends the request.</param>
internal sealed class AccessTokenHandler(Uri baseAddress, Func<CancellationToken, Task<string>> accessToken, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Says why a client must not be made for an address, or returns <see langword="null"/>.</summary>
    public static string? DefectOf(Uri address, bool requireHttps)
        => !address.IsAbsoluteUri || !(address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? "The address is no absolute http or https URL."
            : address.UserInfo.Length > 0 ? "The address has user information."
            : requireHttps && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback ? "The address is not https: whoever is on the way could read the access token."
            : null;

    public static SocketsHttpHandler CreateInner() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    // A token cannot be refreshed without waiting for it, and without this the request would go anywhere, with no token.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        => throw new NotSupportedException("This HTTP client has no synchronous calls. Use SendAsync.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A token in the wrong hands is the user's account in the wrong hands.
        if (request.RequestUri is not { } destination
            || Uri.Compare(destination, baseAddress, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) is not 0)
        {
            throw new InvalidOperationException($"This HTTP client sends the user's access token to {baseAddress.GetLeftPart(UriPartial.Authority)} only.");
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await accessToken(cancellationToken).ConfigureAwait(false));
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
