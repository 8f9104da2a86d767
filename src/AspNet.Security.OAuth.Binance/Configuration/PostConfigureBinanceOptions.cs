using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Gives the options an HTTP client that follows no redirect and has no timeout of its own. It is registered before the framework's own
/// step, which would create a client that follows redirects, and a followed redirect hands the client secret, a code or a token to
/// the server that it names (RFC 9700 section 4.12).
/// </summary>
internal sealed class PostConfigureBinanceOptions : IPostConfigureOptions<BinanceAuthenticationOptions>
{
    public void PostConfigure(string? name, BinanceAuthenticationOptions options)
    {
        // Whether the application's own HttpClient follows redirects cannot be determined.
        if (options.Backchannel is null)
        {
            options.BackchannelHttpHandler ??= BinanceOAuthClient.CreateHttpHandler();
            options.Backchannel = BinanceOAuthClient.CreateHttpClient(options.BackchannelHttpHandler);
        }
    }
}
