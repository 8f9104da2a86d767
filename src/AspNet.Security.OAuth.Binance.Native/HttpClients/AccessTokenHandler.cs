using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Adds the current access token to the calls of one client, if they go to the server of its base address.
/// </summary>
/// <param name="baseAddress">The server's address.</param>
/// <param name="accessToken">Returns a valid access token.</param>
/// <param name="inner">Sends the request.</param>
internal sealed class AccessTokenHandler(Uri baseAddress, Func<CancellationToken, Task<string>> accessToken, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Returns the reason why a client must not be created for an address, or <see langword="null"/>.</summary>
    public static string? DefectOf(Uri address, bool requireHttps)
        => !address.IsAbsoluteUri || !(address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? "The address is not an absolute http or https URL."
            : address.UserInfo.Length > 0 ? "The address has user information. Remove it."
            : requireHttps && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback ? "The address is not https: the access token could be read in transit. Use https."
            : null;

    public static SocketsHttpHandler CreateInner() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    // A refresh is asynchronous. The base method would send the request without a token, and without the check of its destination.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        => throw new NotSupportedException("This HTTP client has no synchronous calls. Use SendAsync.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The token gives access to the user's account, and is only sent to the server of the base address.
        if (request.RequestUri is not { } destination
            || Uri.Compare(destination, baseAddress, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) is not 0)
        {
            throw new InvalidOperationException($"This HTTP client sends the user's access token to {baseAddress.GetLeftPart(UriPartial.Authority)} only. Call other servers with another client.");
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await accessToken(cancellationToken).ConfigureAwait(false));
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
