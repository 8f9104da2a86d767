namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>The host names in <see cref="BinanceEmulatorOptions.AllowedHosts"/>, compared without case.</summary>
internal static class AllowedHosts
{
    private static readonly StringComparer _comparer = StringComparer.OrdinalIgnoreCase;

    public static AllowList Create()
        => new(_comparer, "a host name. A host name has no scheme, port, path or wildcard, such as emulator or abc.example.com", Serialize);

    public static bool IsLoopback(string host) => _comparer.Equals(host, "localhost") || host is "127.0.0.1" or "[::1]";

    // The Host header without the port.
    private static string? Serialize(string text)
        => Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var uri)
            && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? UriHost.Of(uri)
                : null;
}
