using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A map of limited size that removes its oldest entries. It is not thread-safe.</summary>
internal sealed class BoundedMap<TValue>
{
    private readonly Dictionary<string, LinkedListNode<KeyValuePair<string, TValue>>> _index = new(StringComparer.Ordinal);
    private readonly LinkedList<KeyValuePair<string, TValue>> _order = new();
    private int _addsUntilSweep;

    /// <summary>Gets the values, oldest first.</summary>
    public IEnumerable<TValue> Values => _order.Select(entry => entry.Value);

    /// <summary>Gets a value indicating whether the map was full and removed an entry that may have been valid.</summary>
    public bool HasRemovedOldest { get; private set; }

    /// <summary>
    /// Adds an entry. When the map is full, removes the entries that <paramref name="isInvalid"/> matches, then the oldest. It looks for invalid
    /// entries at most once in capacity / 16 additions, because that visits all entries.
    /// </summary>
    public void Add(string key, TValue value, int capacity, Predicate<TValue>? isInvalid = null)
    {
        if (_index.Count >= capacity && isInvalid is not null && --_addsUntilSweep < 0)
        {
            RemoveWhere(isInvalid);
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
