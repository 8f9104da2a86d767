namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>The origins in <see cref="BinanceEmulatorOptions.AllowedOrigins"/>, compared as exact strings.</summary>
internal static class AllowedOrigins
{
    private const string Rule = "an origin. An origin is http:// or https://, a host and, unless it is the scheme's default, a port, all in lower case and with nothing "
        + "after it, such as https://app.example or http://localhost:5300";

    public static AllowList Create() => new(StringComparer.Ordinal, Rule, Serialize);

    // The Origin header of a page at this URL (RFC 6454 section 6.2).
    private static string? Serialize(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", HostNameType: UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 }
            && UriHost.Of(uri) is { } host
                ? $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
                : null;
}
