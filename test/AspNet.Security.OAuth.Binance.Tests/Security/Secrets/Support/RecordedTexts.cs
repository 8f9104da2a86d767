using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Everything that a third party could read, with the place where it was found.
/// </summary>
internal sealed class RecordedTexts
{
    private readonly ConcurrentQueue<(string Place, string Text)> _texts = [];

    public IEnumerable<string> Places => _texts.Select(text => text.Place).Distinct();

    public void Add(string place, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _texts.Enqueue((place, text));
        }
    }

    /// <summary>A line of a log: its text, and what a structured logger would keep beside it.</summary>
    public void Add(FakeLogRecord record)
    {
        var place = $"log {record.Category} {record.Level}";
        Add(place + " text", record.Message);
        Add(place + " text", record.Exception?.ToString());
        Add(place + " values", string.Join('\n', record.StructuredState ?? []));
        foreach (var scope in record.Scopes)
        {
            Add(place + " scope", scope?.ToString());
            Add(place + " scope", scope is IEnumerable<KeyValuePair<string, object?>> values ? string.Join('\n', values) : null);
        }
    }

    /// <summary>The text of an exception, and the properties of the provider's own exceptions.</summary>
    public void Add(string place, Exception exception)
    {
        Add(place, exception.ToString());
        Add(place, string.Join('\n', exception.Data.Keys.Cast<object>().Select(key => $"{key} {exception.Data[key]}")));
        if (exception is BinanceAuthenticationException failure)
        {
            Add(place, $"{failure.Error}\n{failure.ErrorDescription}\n{failure.BinanceCode}");
        }
    }

    /// <summary>The secrets that were found, and their places: <c>code in log Some.Category Debug text</c>.</summary>
    public IReadOnlyList<string> Leaks(SecretFinder finder) => [.. _texts
        .SelectMany(text => finder.Find(text.Text).Keys.Select(kind => $"{kind} in {text.Place}"))
        .Distinct()
        .Order(StringComparer.Ordinal)];
}
