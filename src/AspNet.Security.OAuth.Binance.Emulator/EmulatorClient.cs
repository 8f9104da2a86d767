using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An application that is registered with the emulator. Immutable: to change it, pass another with the same id to <see cref="EmulatorClients.Update"/>.</summary>
public sealed class EmulatorClient : IRegistered
{
    /// <summary>Gets the <c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary>Gets the <c>client_secret</c>.</summary>
    /// <value>Default: <see langword="null"/>, a public client: it has no secret, must use PKCE, and is refused when it sends a secret (RFC 6749 section 2.1).</value>
    public string? ClientSecret { get; init; }

    /// <summary>Gets the name that the consent page shows.</summary>
    /// <value>Default: empty; the page then shows <see cref="ClientId"/>.</value>
    public string Name { get; init; } = "";

    /// <summary>
    /// Gets the URIs that a sign-in may return to, compared as exact strings (RFC 9700 section 2.1). Each is absolute, without a fragment
    /// (RFC 6749 section 3.1.2), and its scheme is http, https or a private-use scheme with a dot in it (RFC 8252 section 8.4).
    /// </summary>
    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>Gets a value indicating whether a registered loopback redirect URI (localhost, 127.0.0.1, [::1]) matches on every port (RFC 8252 section 7.3).</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowAnyLoopbackPort { get; init; }

    /// <summary>Gets the scopes that this application may request. Binance agrees on them with each partner.</summary>
    /// <value>Default: <see langword="null"/>; like an empty list, it allows every scope.</value>
    public IReadOnlyCollection<string>? AllowedScopes { get; init; }

    string IRegistered.Id => ClientId;

    internal bool IsPublic => ClientSecret is null;

    internal string DisplayName => Name.Length > 0 ? Name : ClientId;

    internal bool Allows(string scope) => AllowedScopes is null or { Count: 0 } || AllowedScopes.Contains(scope, StringComparer.Ordinal);

    (string Property, string Error)? IRegistered.FindDefect()
    {
        if (string.IsNullOrWhiteSpace(ClientId))
        {
            return ("clientId", "The id of a client must not be blank.");
        }

        if (ClientId is "." or "..")
        {
            return ("clientId", "The id of a client must not be . or .., because no path of the JSON API can contain it.");
        }

        if (ClientSecret is "")
        {
            return ("clientSecret", "The secret must not be empty. Omit it for a public client.");
        }

        if (RedirectUris is null or { Count: 0 })
        {
            return ("redirectUris", "A client must have at least one redirect URI.");
        }

        foreach (var (index, uri) in RedirectUris.Index())
        {
            if (RedirectUriDefect(uri) is { } defect)
            {
                return ($"redirectUris[{index}]", $"The redirect URI '{uri}' {defect}.");
            }
        }

        return null;
    }

    private static string? RedirectUriDefect(string uri)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || !uri.StartsWith(parsed.Scheme + ":", StringComparison.OrdinalIgnoreCase))
        {
            return "is not absolute";
        }

        if (uri.Contains('#', StringComparison.Ordinal))
        {
            return "has a fragment (RFC 6749 section 3.1.2)";
        }

        if (parsed.Scheme is "http" or "https")
        {
            return !uri.StartsWith($"{parsed.Scheme}://", StringComparison.OrdinalIgnoreCase) || UriHost.Of(parsed) is null ? "has no host that a browser opens" : null;
        }

        // Excludes javascript:, data: and the like, and schemes that another application could claim.
        return parsed.Scheme.Contains('.', StringComparison.Ordinal)
            ? null
            : "is neither http nor https, and its scheme has no dot (RFC 8252 section 8.4)";
    }
}
