using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>Valid entries with unique ids, in the order they were added. Safe to use from many threads.</summary>
/// <param name="name">The name of an entry in messages and in the JSON API, such as <c>client</c>.</param>
internal sealed class Registry<T>(string name)
    where T : class, IRegistered
{
    private readonly Lock _lock = new();
    private readonly List<T> _entries = [];

    public string Name => name;

    /// <exception cref="ArgumentException">The entry is invalid, or its id exists already.</exception>
    public void Add(T entry, [CallerArgumentExpression(nameof(entry))] string? parameter = null)
    {
        if (!TryAdd(entry, parameter))
        {
            throw new ArgumentException(Conflict(entry.Id), parameter);
        }
    }

    /// <returns>Whether the entry was added: its id did not exist.</returns>
    /// <exception cref="ArgumentException">The entry is invalid.</exception>
    public bool TryAdd(T entry, [CallerArgumentExpression(nameof(entry))] string? parameter = null)
    {
        Check(entry, parameter);
        lock (_lock)
        {
            if (FindIndex(entry.Id) >= 0)
            {
                return false;
            }

            _entries.Add(entry);
            return true;
        }
    }

    /// <summary>Replaces the entry with the same id, in its position.</summary>
    /// <returns>Whether the id exists. If not, nothing is added.</returns>
    /// <exception cref="ArgumentException">The entry is invalid.</exception>
    public bool Update(T entry, [CallerArgumentExpression(nameof(entry))] string? parameter = null)
    {
        Check(entry, parameter);
        lock (_lock)
        {
            var index = FindIndex(entry.Id);
            if (index >= 0)
            {
                _entries[index] = entry;
            }

            return index >= 0;
        }
    }

    public bool Remove(string id)
    {
        lock (_lock)
        {
            return _entries.RemoveAll(entry => entry.Id == id) > 0;
        }
    }

    public T? Find(string id)
    {
        lock (_lock)
        {
            return _entries.Find(entry => entry.Id == id);
        }
    }

    /// <summary>Replaces all entries in one step.</summary>
    public void Replace(IEnumerable<T> entries)
    {
        lock (_lock)
        {
            _entries.Clear();
            _entries.AddRange(entries);
        }
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }

    /// <summary>Returns the error of an id that exists already.</summary>
    public string Conflict(string id) => $"A {name} with the id '{id}' exists already.";

    private void Check(T entry, string? parameter)
    {
        ArgumentNullException.ThrowIfNull(entry, parameter);
        if (entry.FindDefect() is { } defect)
        {
            throw new ArgumentException($"The {name} '{entry.Id}' is refused. {defect.Property}: {defect.Error}", parameter);
        }
    }

    private int FindIndex(string id) => _entries.FindIndex(entry => entry.Id == id);
}
