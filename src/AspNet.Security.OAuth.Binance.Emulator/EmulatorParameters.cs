using System.Collections;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The decoded parameters of a query or a form body, in the order of the request, repeated ones included.</summary>
public sealed class EmulatorParameters : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<(string Name, string Value, string Raw)> _items;

    private EmulatorParameters(List<(string Name, string Value, string Raw)> items, bool isCut)
    {
        _items = items;
        IsCut = isCut;
    }

    /// <summary>Gets the number of parameters.</summary>
    public int Count => _items.Count;

    internal static EmulatorParameters None { get; } = new([], isCut: false);

    /// <summary>Gets a value indicating whether the request has more parameters than the emulator reads.</summary>
    internal bool IsCut { get; }

    /// <summary>Gets the name of a repeated parameter, which RFC 6749 sections 3.1 and 3.2 forbid; <see langword="null"/> when there is none.</summary>
    internal string? Repeated => _items.GroupBy(item => item.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any())?.Key;

    /// <summary>Gets the first value of a parameter.</summary>
    /// <param name="name">The parameter, case-sensitive.</param>
    /// <returns>Its value, empty when it was sent without one; <see langword="null"/> when it was not sent.</returns>
    public string? this[string name] => _items.Find(item => item.Name == name).Value;

    /// <summary>Returns whether a parameter was sent, with or without a value.</summary>
    /// <param name="name">The parameter, case-sensitive.</param>
    /// <returns>Whether it was sent.</returns>
    public bool Contains(string name) => _items.Exists(item => item.Name == name);

    /// <summary>Returns all values of a parameter.</summary>
    /// <param name="name">The parameter, case-sensitive.</param>
    /// <returns>The values in the order of the request.</returns>
    public IReadOnlyList<string> Values(string name) => [.. _items.Where(item => item.Name == name).Select(item => item.Value)];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
        => _items.Select(item => KeyValuePair.Create(item.Name, item.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads at most <paramref name="limit"/> parameters.</summary>
    internal static EmulatorParameters Parse(string? encoded, int limit)
    {
        if (string.IsNullOrEmpty(encoded))
        {
            return None;
        }

        var items = new List<(string, string, string)>();
        foreach (var pair in new QueryStringEnumerable(encoded))
        {
            if (items.Count == limit)
            {
                return new EmulatorParameters(items, isCut: true);
            }

            items.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString(), pair.EncodedValue.ToString()));
        }

        return new EmulatorParameters(items, isCut: false);
    }

    /// <summary>Returns a value, or <see langword="null"/> when it is missing or empty: "parameters sent without a value MUST be treated as if they were omitted" (RFC 6749 section 3.1).</summary>
    internal string? Text(string name) => this[name] is { Length: > 0 } value ? value : null;

    /// <summary>Returns a value as it was encoded in the request.</summary>
    internal string? Raw(string name) => _items.Find(item => item.Name == name).Raw;

    internal EmulatorParameters With(EmulatorParameters others) => new([.. _items, .. others._items], IsCut || others.IsCut);
}
