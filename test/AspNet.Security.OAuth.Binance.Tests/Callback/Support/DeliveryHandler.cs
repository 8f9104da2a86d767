using System.Security.Claims;
using System.Text.Encodings.Web;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>Counts the deliveries that reached a step of the sign-in.</summary>
internal sealed class DeliveryCalls
{
    public CallCounter Exchanges { get; } = new();

    public CallCounter Tickets { get; } = new();
}

/// <summary>
/// An application's handler whose overrides call the base implementations.
/// </summary>
internal sealed class DeliveryHandler(
    IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder, DeliveryCalls calls)
    : BinanceAuthenticationHandler(options, logger, encoder)
{
    protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        calls.Exchanges.Add();
        return base.ExchangeCodeAsync(context);
    }

    protected override Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        calls.Tickets.Add();
        return base.CreateTicketAsync(identity, properties, tokens);
    }
}
