using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Puts the signed-in user's access token on the calls of one named client, if they go to the server that the client was given.
/// </summary>
internal sealed class BinanceAccessTokenHandler(CurrentAccessToken accessToken, string client, string scheme, Uri? baseAddress) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CheckDestination(request.RequestUri);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await AccessTokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    // A token in the wrong hands is the user's account in the wrong hands: without a server that the client is meant for, none is the right one.
    private void CheckDestination(Uri? destination)
    {
        if (baseAddress is null)
        {
            throw new InvalidOperationException(
                $"The HTTP client '{client}' has no BaseAddress. It is needed so that the user's access token goes nowhere else.");
        }

        if (destination is null || Uri.Compare(destination, baseAddress, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new InvalidOperationException(
                $"The HTTP client '{client}' sends the user's access token to {baseAddress.GetLeftPart(UriPartial.Authority)} only.");
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
