using System.Collections;
using System.Collections.Immutable;

namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>A set of checked values, in the order they were added. Safe to use from many threads; enumerating takes a snapshot.</summary>
/// <param name="comparer">Decides whether two values are the same.</param>
/// <param name="rule">What a value is, to follow "'x' is not".</param>
/// <param name="serialize">Returns the form of a value that browsers send, or <see langword="null"/> when it has none.</param>
internal sealed class AllowList(StringComparer comparer, string rule, Func<string, string?> serialize) : ICollection<string>
{
    // Copy on write: each request reads the list, and does so without a lock.
    private ImmutableList<string> _values = [];

    public int Count => Snapshot.Count;

    public bool IsReadOnly => false;

    private ImmutableList<string> Snapshot => Volatile.Read(ref _values);

    // Values are not normalized: one that no browser sends would never match, without an error that names the reason.
    public void Add(string item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var serialized = serialize(item);
        if (!comparer.Equals(item, serialized))
        {
            throw new ArgumentException($"'{item}' is not {rule}.{(serialized is null ? "" : $" Did you mean {serialized}?")}", nameof(item));
        }

        ImmutableInterlocked.Update(ref _values, (values, value) => values.Contains(value, comparer) ? values : values.Add(value), item);
    }

    public bool Remove(string item) => ImmutableInterlocked.Update(ref _values, (values, value) => values.Remove(value, comparer), item);

    public void Clear() => Interlocked.Exchange(ref _values, []);

    /// <summary>Replaces all values by those of another list, which are checked, in one step.</summary>
    public void Replace(AllowList others) => Interlocked.Exchange(ref _values, others.Snapshot);

    public bool Contains(string item) => Snapshot.Contains(item, comparer);

    public void CopyTo(string[] array, int arrayIndex) => Snapshot.CopyTo(array, arrayIndex);

    public IEnumerator<string> GetEnumerator() => Snapshot.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Creates an empty list with the same rule.</summary>
    public AllowList CreateEmpty() => new(comparer, rule, serialize);
}
