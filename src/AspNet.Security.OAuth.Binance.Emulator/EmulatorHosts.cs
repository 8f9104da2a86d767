using System.Collections;
using System.Collections.Immutable;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The host names in <see cref="BinanceEmulatorOptions.AllowedHosts"/>, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
internal sealed class EmulatorHosts : ICollection<string>
{
    private static readonly StringComparer _comparer = StringComparer.OrdinalIgnoreCase;

    // Each change puts another list here, so that a request reads one without a lock.
    private ImmutableList<string> _hosts = [];

    public int Count => Snapshot.Count;

    public bool IsReadOnly => false;

    /// <summary>Gets a value indicating whether other machines are let in.</summary>
    public bool OpensTheEmulator => !Snapshot.IsEmpty;

    private ImmutableList<string> Snapshot => Volatile.Read(ref _hosts);

    public static bool IsLoopback(string host) => _comparer.Equals(host, "localhost") || host is "127.0.0.1" or "[::1]";

    public void Add(string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var serialized = Serialize(item);
        if (!_comparer.Equals(item, serialized))
        {
            throw new ArgumentException(
                $"'{item}' is not a host name. A host name has no scheme, port, path or wildcard, such as emulator or abc.example.com.{(serialized is null ? "" : $" Is it {serialized}?")}",
                nameof(item));
        }

        ImmutableInterlocked.Update(ref _hosts, static (hosts, host) => hosts.Contains(host, _comparer) ? hosts : hosts.Add(host), item);
    }

    public bool Remove(string item) => ImmutableInterlocked.Update(ref _hosts, static (hosts, host) => hosts.Remove(host, _comparer), item);

    public void Clear() => Interlocked.Exchange(ref _hosts, []);

    /// <summary>Puts others, which are checked, into the place of all, in one step.</summary>
    public void Replace(EmulatorHosts others) => Interlocked.Exchange(ref _hosts, others.Snapshot);

    public bool Contains(string item) => Snapshot.Contains(item, _comparer);

    public void CopyTo(string[] array, int arrayIndex) => Snapshot.CopyTo(array, arrayIndex);

    public IEnumerator<string> GetEnumerator() => Snapshot.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What browsers send as the Host header for this host, without the port; or null when there is no host in it.
    private static string? Serialize(string text)
        => Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var uri)
            && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? UriHost.Of(uri)
                : null;
}
