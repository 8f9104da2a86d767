using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Redirect URIs: which may be registered, which match, and what is added to them.</summary>
internal static partial class RedirectUri
{
    /// <returns>Why a URI cannot be registered, or <see langword="null"/>.</returns>
    public static string? Defect(string uri)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || !uri.StartsWith(parsed.Scheme + ":", StringComparison.OrdinalIgnoreCase))
        {
            return "is not absolute";
        }

        if (uri.Contains('#', StringComparison.Ordinal))
        {
            return "has a fragment (RFC 6749 section 3.1.2)";
        }

        // Keeps out javascript:, data: and the like, and what any other application could claim as well.
        return parsed.Scheme is "http" or "https" || parsed.Scheme.Contains('.', StringComparison.Ordinal)
            ? null
            : "is neither http nor https, and its scheme has no dot (RFC 8252 section 8.4)";
    }

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

    /// <summary>Appends an already encoded parameter, with respect for a query that is there (RFC 6749 section 3.1.2).</summary>
    public static string Append(string uri, string name, string encodedValue) =>
        $"{uri}{(uri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={encodedValue}";

    /// <returns>What a Content-Security-Policy calls the place that the URI leads to.</returns>
    public static string PolicySource(string uri)
    {
        var parsed = new Uri(uri);

        // The policy's grammar knows neither IPv6 addresses nor hosts of private-use schemes.
        return parsed.Scheme is "http" or "https" && parsed.HostNameType != UriHostNameType.IPv6
            ? $"{parsed.Scheme}://{parsed.IdnHost}:{parsed.Port}"
            : $"{parsed.Scheme}:";
    }

    // On the text and not on System.Uri, which would take "/a/../signin-binance" for "/signin-binance".
    private static string? WithoutLoopbackPort(string uri) => LoopbackUri().Match(uri) is { Success: true } match
        && (!match.Groups["port"].Success || int.Parse(match.Groups["port"].Value, null) is > 0 and <= ushort.MaxValue)
            ? match.Groups["origin"].Value + match.Groups["rest"].Value
            : null;

    [GeneratedRegex(@"^(?<origin>https?://(localhost|127\.0\.0\.1|\[::1\]))(:(?<port>[0-9]{1,5}))?(?<rest>[/?][^#]*)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex LoopbackUri();
}
