using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Redirect URIs: which match a registered one, and how response parameters are appended to them.</summary>
internal static partial class RedirectUri
{
    public static bool IsRegistered(EmulatorClient client, string uri)
    {
        if (client.RedirectUris.Contains(uri, StringComparer.Ordinal))
        {
            return true;
        }

        return client.AllowAnyLoopbackPort
            && WithoutLoopbackPort(uri) is { } requested
            && client.RedirectUris.Any(registered => WithoutLoopbackPort(registered) == requested);
    }

    /// <summary>Appends an already encoded parameter and retains an existing query (RFC 6749 section 3.1.2).</summary>
    public static string Append(string uri, string name, string encodedValue)
        => $"{uri}{(uri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={encodedValue}";

    // Compares the text, because System.Uri normalizes "/a/../signin-binance" to "/signin-binance".
    private static string? WithoutLoopbackPort(string uri) => LoopbackUri().Match(uri) is { Success: true } match
        && (!match.Groups["port"].Success || int.Parse(match.Groups["port"].Value, null) is > 0 and <= ushort.MaxValue)
            ? match.Groups["origin"].Value + match.Groups["rest"].Value
            : null;

    [GeneratedRegex(@"^(?<origin>https?://(localhost|127\.0\.0\.1|\[::1\]))(:(?<port>[0-9]{1,5}))?(?<rest>[/?][^#]*)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex LoopbackUri();
}
