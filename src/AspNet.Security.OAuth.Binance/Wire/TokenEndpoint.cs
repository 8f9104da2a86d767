using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The token endpoint (W4, W5). No request is made again here: a code or a refresh token whose answer was lost may be spent.
/// </summary>
internal static class TokenEndpoint
{
    private const string Call = "token endpoint";
    private const int LongestForm = 6;

    public static ValueTask<WireResult<OAuthTokenResponse>> ExchangeCodeAsync(
        BinanceAuthenticationOptions options, string code, string redirectUri, string? codeVerifier, CancellationToken cancellationToken)
    {
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

        return SendAsync(options, form, code, codeVerifier, cancellationToken);
    }

    public static ValueTask<WireResult<OAuthTokenResponse>> RefreshAsync(
        BinanceAuthenticationOptions options, string refreshToken, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", refreshToken),
        ];

        return SendAsync(options, form, refreshToken, null, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<WireResult<OAuthTokenResponse>> SendAsync(
        BinanceAuthenticationOptions options,
        List<KeyValuePair<string, string>> form,
        string grant,
        string? codeVerifier,
        CancellationToken cancellationToken)
    {
        form.Add(new("client_id", options.ClientId));
        if (!options.IsPublicClient)
        {
            form.Add(new("client_secret", options.ClientSecret));
        }

        // A body and not a query: a URL ends up in logs, a secret must not (W4).
        using var request = Backchannel.CreateRequest(HttpMethod.Post, options.TokenEndpoint);
        request.Content = new FormUrlEncodedContent(form);
        var sent = await Backchannel.SendAsync(options, request, Call, options.BackchannelTimeout, cancellationToken);
        return sent.Succeeded(out var answer, out var failure)
            ? TokenAnswer.Read(answer, Call, options.ClientSecret, grant, codeVerifier)
            : failure;
    }
}
