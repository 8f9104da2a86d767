using System.Collections;
using System.Collections.Immutable;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The origins in <see cref="BinanceEmulatorOptions.AllowedOrigins"/>, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
internal sealed class EmulatorOrigins : ICollection<string>
{
    // Each change puts another list here, so that a request reads one without a lock.
    private ImmutableList<string> _origins = [];

    public int Count => Snapshot.Count;

    public bool IsReadOnly => false;

    private ImmutableList<string> Snapshot => Volatile.Read(ref _origins);

    // Entries are not normalized: one that no browser sends would never match, and the developer would look for the reason elsewhere.
    public void Add(string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var serialized = Serialize(item);
        if (item != serialized)
        {
            throw new ArgumentException(
                $"'{item}' is not an origin. An origin is http:// or https://, a host and, unless it is the scheme's default, a port, all in lower case and with nothing "
                + $"after it, such as https://app.example or http://localhost:5300.{(serialized is null ? "" : $" Is it {serialized}?")}",
                nameof(item));
        }

        ImmutableInterlocked.Update(ref _origins, static (origins, origin) => origins.Contains(origin) ? origins : origins.Add(origin), item);
    }

    public bool Remove(string item) => ImmutableInterlocked.Update(ref _origins, static (origins, origin) => origins.Remove(origin), item);

    public void Clear() => Interlocked.Exchange(ref _origins, []);

    /// <summary>Puts others, which are checked, into the place of all, in one step.</summary>
    public void Replace(EmulatorOrigins others) => Interlocked.Exchange(ref _origins, others.Snapshot);

    public bool Contains(string item) => Snapshot.Contains(item);

    public void CopyTo(string[] array, int arrayIndex) => Snapshot.CopyTo(array, arrayIndex);

    public IEnumerator<string> GetEnumerator() => Snapshot.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What browsers send for a page at this URL (RFC 6454 section 6.2), or null when it is no URL of a site.
    private static string? Serialize(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", HostNameType: UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 }
            && UriHost.Of(uri) is { } host
                ? $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
                : null;
}
