using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

internal static class TicketTimes
{
    /// <summary>When the access token of a ticket expires.</summary>
    public static DateTimeOffset GetTokenExpiry(this AuthenticationProperties properties)
        => DateTimeOffset.Parse(properties.GetTokenValue("expires_at")!, CultureInfo.InvariantCulture);
}
