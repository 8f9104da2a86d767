using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A map of limited size that removes its oldest entries. It is not thread-safe: its owner locks.</summary>
internal sealed class BoundedMap<TValue>
{
    private readonly Dictionary<string, LinkedListNode<KeyValuePair<string, TValue>>> _index = new(StringComparer.Ordinal);
    private readonly LinkedList<KeyValuePair<string, TValue>> _order = new();
    private int _addsUntilSweep;

    /// <summary>Gets the values, oldest first.</summary>
    public IEnumerable<TValue> Values => _order.Select(entry => entry.Value);

    /// <summary>Gets a value indicating whether the map was full, and removed an entry that may have been good.</summary>
    public bool HasRemovedOldest { get; private set; }

    /// <summary>
    /// Adds an entry. When the map is full, removes the entries that <paramref name="isDead"/> matches, then the oldest. It looks for dead
    /// entries once in a sixteenth of its capacity, because that is the work of all entries.
    /// </summary>
    public void Add(string key, TValue value, int capacity, Predicate<TValue>? isDead = null)
    {
        if (_index.Count >= capacity && isDead is not null && --_addsUntilSweep < 0)
        {
            RemoveWhere(isDead);
            _addsUntilSweep = capacity / 16;
        }

        while (_index.Count >= capacity)
        {
            Remove(_order.First!.Value.Key, out _);
            HasRemovedOldest = true;
        }

        _index.Add(key, _order.AddLast(KeyValuePair.Create(key, value)));
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        value = _index.TryGetValue(key, out var node) ? node.Value.Value : default;
        return node is not null;
    }

    public bool Remove(string key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_index.Remove(key, out var node))
        {
            value = default;
            return false;
        }

        _order.Remove(node);
        value = node.Value.Value;
        return true;
    }

    public void Clear()
    {
        _index.Clear();
        _order.Clear();
        HasRemovedOldest = false;
    }

    private void RemoveWhere(Predicate<TValue> predicate)
    {
        for (var node = _order.First; node is not null;)
        {
            var next = node.Next;
            if (predicate(node.Value.Value))
            {
                Remove(node.Value.Key, out _);
            }

            node = next;
        }
    }
}
