using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The token endpoint (W4). A code is never sent twice: whoever answers late may have used it already.
/// </summary>
internal static class TokenEndpoint
{
    private const string Call = "token endpoint";

    public static async Task<WireResult<OAuthTokenResponse>> ExchangeCodeAsync(
        BinanceAuthenticationOptions options, string code, string redirectUri, string? codeVerifier, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "authorization_code"),
            new("code", code),
            new("client_id", options.ClientId),
            new("redirect_uri", redirectUri),
        ];

        if (codeVerifier is not null)
        {
            form.Add(new("code_verifier", codeVerifier));
        }

        if (!options.IsPublicClient)
        {
            form.Add(new("client_secret", options.ClientSecret));
        }

        // A body and not a query: a URL ends up in logs, a secret must not (W4).
        using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        var sent = await Backchannel.SendAsync(options, request, Call, options.BackchannelTimeout, cancellationToken);
        return sent.Succeeded(out var answer, out var failure)
            ? TokenAnswer.Read(answer, Call, options.ClientSecret, code, codeVerifier)
            : failure;
    }
}
