using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// The redirect URIs of native applications (RFC 8252 section 7).
/// </summary>
internal static class RedirectUris
{
    public static bool IsLoopback(Uri uri) => uri.Scheme == Uri.UriSchemeHttp;

    /// <summary>Returns the reason why a redirect URI cannot be used, or <see langword="null"/>.</summary>
    public static string? DefectOf([NotNull] string? redirectUri)
    {
        if (redirectUri is null || !Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) || !redirectUri.StartsWith($"{uri.Scheme}:", StringComparison.OrdinalIgnoreCase))
        {
            redirectUri ??= string.Empty;
            return "is not an absolute URI.";
        }

        return redirectUri.Contains('#', StringComparison.Ordinal) ? "has a fragment (RFC 6749 section 3.1.2)."
            : uri.UserInfo.Length > 0 ? "has user information."
            : uri.Scheme == Uri.UriSchemeHttps ? null
            : uri.Scheme == Uri.UriSchemeHttp ? DefectOfLoopback(uri)
            : uri.Scheme.Contains('.', StringComparison.Ordinal) ? null
            : "has a private-use scheme without a dot, which another application may claim: it is a domain in reverse, such as 'com.example.app' (RFC 8252 section 7.1).";
    }

    private static string? DefectOfLoopback(Uri uri)
        => !IsLoopbackHost(uri) ? "is http, and its host is not 127.0.0.1, [::1] or localhost."
            : uri.Query.Length > 0 ? "is on the loopback interface, and has a query."
            : null;

    private static bool IsLoopbackHost(Uri uri) => uri.HostNameType is UriHostNameType.Dns
        ? uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback));
}
