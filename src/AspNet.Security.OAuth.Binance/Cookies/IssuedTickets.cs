using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Tells the tickets that a scheme of ours issued from all others. One cookie may hold the tickets of several providers.
/// </summary>
internal sealed class IssuedTickets(
    IOptions<AuthenticationOptions> authentication,
    IAuthenticationSchemeProvider schemes,
    IOptionsMonitor<BinanceAuthenticationOptions> binance)
{
    // What RemoteAuthenticationHandler writes into each ticket that it makes.
    private const string IssuedBy = ".AuthScheme";

    public static string? SchemeOf(AuthenticationProperties properties)
        => properties.Items.TryGetValue(IssuedBy, out var scheme) ? scheme : null;

    public IssuedTicket? Find(AuthenticationProperties properties)
        => SchemeOf(properties) is { } scheme && IsOurs(HandlerOf(scheme)) ? new(scheme, binance.Get(scheme)) : null;

    // The comparison first, because it is nearly always enough.
    private static bool IsOurs(Type? handler)
        => handler == typeof(BinanceAuthenticationHandler) || typeof(BinanceAuthenticationHandler).IsAssignableFrom(handler);

    private Type? HandlerOf(string scheme)
    {
        // The map first, because it answers without allocating; only a scheme that was added while the application runs is not in it.
        if (authentication.Value.SchemeMap.TryGetValue(scheme, out var registered))
        {
            return registered.HandlerType;
        }

        var added = schemes.GetSchemeAsync(scheme);
        return added.IsCompletedSuccessfully ? added.Result?.HandlerType : null;
    }
}

/// <summary>The scheme that issued a ticket, and its options.</summary>
internal readonly record struct IssuedTicket(string Scheme, BinanceAuthenticationOptions Options);
