using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Gives the backchannel a handler that goes only where it was told to. It has to be registered before the base's own step,
/// which would otherwise make the client of a handler that follows redirects, and a followed redirect hands the client secret,
/// a code or a bearer token to whoever the redirect names (RFC 9700 section 4.12).
/// </summary>
internal sealed class PostConfigureBinanceOptions : IPostConfigureOptions<BinanceAuthenticationOptions>
{
    public void PostConfigure(string? name, BinanceAuthenticationOptions options)
    {
        if (options.Backchannel is null)
        {
            options.BackchannelHttpHandler ??= new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,

                // A client that lives as long as the application would never see a change of the server's address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            };
        }
    }
}
