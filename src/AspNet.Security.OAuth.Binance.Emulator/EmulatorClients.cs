using System.Collections;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The applications that the emulator knows, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorClients : IEnumerable<EmulatorClient>
{
    private readonly Lock _lock = new();
    private readonly List<EmulatorClient> _clients = [];

    internal EmulatorClients()
    {
    }

    /// <summary>Registers an application.</summary>
    /// <param name="client">The application.</param>
    /// <exception cref="ArgumentException">It has no id, an empty secret, no redirect URI or a wrong one, or its id is registered already.</exception>
    public void Add(EmulatorClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(client.ClientId);
        if (client.ClientSecret is "")
        {
            throw new ArgumentException("An empty client secret is none: leave it null for a public client.", nameof(client));
        }

        if (client.RedirectUris is null or { Count: 0 })
        {
            throw new ArgumentException($"The client '{client.ClientId}' has no redirect URI.", nameof(client));
        }

        foreach (var uri in client.RedirectUris)
        {
            if (RedirectUriDefect(uri) is { } defect)
            {
                throw new ArgumentException($"The redirect URI '{uri}' {defect}.", nameof(client));
            }
        }

        lock (_lock)
        {
            if (FindCore(client.ClientId) is not null)
            {
                throw new ArgumentException($"A client with the id '{client.ClientId}' is registered already.", nameof(client));
            }

            _clients.Add(client);
        }
    }

    /// <summary>Takes an application out. Its tokens stay what they are, but it can get no new ones.</summary>
    /// <param name="clientId">The id.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string clientId)
    {
        lock (_lock)
        {
            return _clients.RemoveAll(client => client.ClientId == clientId) > 0;
        }
    }

    /// <summary>Takes all applications out, the preset ones too.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _clients.Clear();
        }
    }

    /// <summary>Finds an application.</summary>
    /// <param name="clientId">The id.</param>
    /// <returns>The application, or <see langword="null"/>.</returns>
    public EmulatorClient? Find(string clientId)
    {
        lock (_lock)
        {
            return FindCore(clientId);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<EmulatorClient> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Why a redirect URI cannot be registered, or null.
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

        // Excludes javascript:, data: and the like, and schemes that another application could claim.
        return parsed.Scheme is "http" or "https" || parsed.Scheme.Contains('.', StringComparison.Ordinal)
            ? null
            : "is neither http nor https, and its scheme has no dot (RFC 8252 section 8.4)";
    }

    private EmulatorClient? FindCore(string clientId) => _clients.Find(client => client.ClientId == clientId);

    private List<EmulatorClient> Snapshot()
    {
        lock (_lock)
        {
            return [.. _clients];
        }
    }
}
