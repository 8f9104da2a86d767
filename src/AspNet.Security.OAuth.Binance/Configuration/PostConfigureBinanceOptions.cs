using AspNet.Security.OAuth.Binance.Wire;
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
        // An application that brings a whole client has also chosen whether that follows redirects; it cannot be seen from here.
        if (options.Backchannel is not null)
        {
            return;
        }

        options.BackchannelHttpHandler ??= new SocketsHttpHandler
        {
            UseCookies = false,

            // A client that lives as long as the application would never see a change of the server's address.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),

            // An answer that we stopped reading would be read on for a while, a megabyte of it, only to use its connection again.
            MaxResponseDrainSize = 0,
        };
        FollowNoRedirect(options.BackchannelHttpHandler);
        options.Backchannel = Backchannel.CreateClient(options.BackchannelHttpHandler, options.BackchannelTimeout);
    }

    // An application's own handler, a proxy's for example, follows redirects unless it is told not to.
    private static void FollowNoRedirect(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler outer)
        {
            handler = outer.InnerHandler;
        }

        try
        {
            switch (handler)
            {
                case SocketsHttpHandler { AllowAutoRedirect: true } sockets:
                    sockets.AllowAutoRedirect = false;
                    break;
                case HttpClientHandler { AllowAutoRedirect: true } client:
                    client.AllowAutoRedirect = false;
                    break;
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                $"{nameof(BinanceAuthenticationOptions.BackchannelHttpHandler)} follows redirects and is in use elsewhere already. "
                    + "Give it a handler of its own, or set AllowAutoRedirect to false where it is made.",
                exception);
        }
    }
}
