using System.Collections;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The registered clients, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
public sealed class EmulatorClients : IEnumerable<EmulatorClient>
{
    internal EmulatorClients()
    {
    }

    internal Registry<EmulatorClient> Entries { get; } = new("client");

    /// <summary>Registers a client.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentException">The client has no id, an empty secret, no redirect URI or an invalid one, or its id exists already.</exception>
    public void Add(EmulatorClient client) => Entries.Add(client);

    /// <summary>Replaces the client with the same id, in its position. Its tokens do not change.</summary>
    /// <param name="client">The new client.</param>
    /// <returns>Whether a client with this id exists. If not, nothing is added.</returns>
    /// <exception cref="ArgumentException">The client has no id, an empty secret, no redirect URI or an invalid one.</exception>
    public bool Update(EmulatorClient client) => Entries.Update(client);

    /// <summary>Removes a client. Its tokens stay valid, and it cannot get new ones.</summary>
    /// <param name="clientId">The id.</param>
    /// <returns>Whether a client with this id existed.</returns>
    public bool Remove(string clientId) => Entries.Remove(clientId);

    /// <summary>Removes all clients, the preset ones too.</summary>
    public void Clear() => Entries.Replace([]);

    /// <summary>Finds a client.</summary>
    /// <param name="clientId">The id.</param>
    /// <returns>The client, or <see langword="null"/>.</returns>
    public EmulatorClient? Find(string clientId) => Entries.Find(clientId);

    /// <inheritdoc/>
    public IEnumerator<EmulatorClient> GetEnumerator() => Entries.Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
