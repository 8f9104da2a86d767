using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The permissions that a sign-in requested. Binance does not tell which ones it granted (W4).
/// </summary>
internal static class RequestedScopes
{
    private const string Item = ".binance.scope";
    private const char Separator = ',';

    /// <summary>Keeps the scopes of a challenge for its ticket, if they differ from the options.</summary>
    public static void Keep(AuthenticationProperties properties, BinanceAuthenticationOptions options)
    {
        // An application may challenge with the properties of a ticket.
        properties.Items.Remove(Item);
        if (properties.GetParameter<ICollection<string>>(OAuthChallengeProperties.ScopeKey) is { } scopes && !options.Scope.ToHashSet(StringComparer.Ordinal).SetEquals(scopes))
        {
            properties.Items[Item] = BinanceOAuthClient.FormatScope(scopes);
        }
    }

    public static IReadOnlyCollection<string> Of(AuthenticationProperties properties, BinanceAuthenticationOptions options)
        => properties.GetString(Item)?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [.. options.Scope];
}
