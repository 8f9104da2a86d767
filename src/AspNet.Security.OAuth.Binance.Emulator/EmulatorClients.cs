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
        Check(client);
        lock (_lock)
        {
            if (FindCore(client.ClientId) is not null)
            {
                throw new ArgumentException($"A client with the id '{client.ClientId}' is registered already.", nameof(client));
            }

            _clients.Add(client);
        }
    }

    /// <summary>Replaces the application with the same id, in its place. Its tokens stay what they are.</summary>
    /// <param name="client">The application as it is from now on.</param>
    /// <returns>Whether there was one with this id. If not, nothing is added.</returns>
    /// <exception cref="ArgumentException">It has no id, an empty secret, no redirect URI or a wrong one.</exception>
    public bool Update(EmulatorClient client)
    {
        Check(client);
        lock (_lock)
        {
            var index = _clients.FindIndex(candidate => candidate.ClientId == client.ClientId);
            if (index >= 0)
            {
                _clients[index] = client;
            }

            return index >= 0;
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

    /// <summary>Puts others into the place of all, in one step.</summary>
    internal void Replace(IEnumerable<EmulatorClient> clients)
    {
        lock (_lock)
        {
            _clients.Clear();
            _clients.AddRange(clients);
        }
    }

    private static void Check(EmulatorClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.FindDefect() is { } defect)
        {
            throw new ArgumentException($"The client '{client.ClientId}' is refused. {defect.Property}: {defect.Words}", nameof(client));
        }
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
