using System.Net.Http.Headers;
using AspNet.Security.OAuth.Binance.Configuration;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Adds the signed-in user's access token to the calls of one named client, if they go to the server of its base address.
/// </summary>
internal sealed class BinanceAccessTokenHandler(CurrentAccessToken accessToken, BinanceSchemes schemes, string client, string scheme, Uri? baseAddress)
    : DelegatingHandler
{
    // Without the user information, which may be a password.
    private string? Server => baseAddress?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CheckDestination(request.RequestUri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await AccessTokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    /// <exception cref="NotSupportedException">The token can only be found and refreshed asynchronously.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        => throw new NotSupportedException($"The HTTP client '{client}' sends the signed-in user's access token, and has to be called asynchronously.");

    // The token gives access to the user's account, and is only sent to the server of the client's base address.
    private void CheckDestination(Uri? destination)
    {
        if (baseAddress is null)
        {
            throw new InvalidOperationException(
                $"The HTTP client '{client}' has no BaseAddress. Set it: the user's access token is sent to that server only.");
        }

        if (destination is null || Uri.Compare(destination, baseAddress, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new InvalidOperationException($"The HTTP client '{client}' sends the user's access token to {Server} only. Call other servers with another client.");
        }

        if (!BinanceAuthenticationOptionsRules.IsAllowed(baseAddress, schemes.Find(scheme)?.RequireHttpsEndpoints ?? true))
        {
            throw new InvalidOperationException(
                $"The HTTP client '{client}' sends no access token to {Server}: it could be read in transit. Use https. For a network that others cannot read, "
                + $"set {nameof(BinanceAuthenticationOptions.RequireHttpsEndpoints)} of the scheme '{scheme}' to false.");
        }
    }

    private async Task<string> AccessTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await accessToken.GetAsync(scheme, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException($"The HTTP client '{client}' sends the signed-in user's access token, and {exception.Message}", exception);
        }
    }
}
