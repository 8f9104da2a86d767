using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>
/// Checks JSON against the types before it is deserialized. The serializer is as strict, but its messages name .NET types, which users of other
/// languages do not know.
/// </summary>
internal static partial class JsonShape
{
    /// <summary>Parses JSON, and checks that all names and strings are valid Unicode: a <see cref="JsonDocument"/> decodes them later, and throws then.</summary>
    /// <exception cref="JsonException">The text is not JSON, or not in UTF-8.</exception>
    /// <exception cref="JsonDefectException">A name or a string has half of a surrogate pair.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw new JsonException("It is not in UTF-8.", path: null, LineOfWrongText(json.Span), bytePositionInLine: null);
        }

        var document = JsonDocument.Parse(json, options);
        try
        {
            CheckText(document.RootElement, "");
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <exception cref="JsonDefectException">The JSON does not match the type.</exception>
    public static T Read<T>(JsonElement element, JsonTypeInfo<T> type, string path = "")
    {
        Check(element, type, path);
        return element.Deserialize(type)!;
    }

    public static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Returns the names of an enumeration's members in JSON.</summary>
    public static IEnumerable<string> NamesOf(Type enumeration) => Enum.GetNames(enumeration).Select(JsonNamingPolicy.CamelCase.ConvertName);

    // Counted from 0, as the parser does.
    private static int LineOfWrongText(ReadOnlySpan<byte> json)
    {
        var text = new char[json.Length];
        Utf8.ToUtf16(json, text, out var valid, out _, replaceInvalidSequences: false);
        return json[..valid].Count((byte)'\n');
    }

    private static void CheckText(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    CheckText(member.Value, Member(path, TextOf(() => member.Name, path, "The name of a property")));
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    CheckText(item, $"{path}[{index}]");
                }

                break;
            case JsonValueKind.String:
                TextOf(() => element.GetString()!, path, "It");
                break;
        }
    }

    private static string TextOf(Func<string> read, string path, string what)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw new JsonDefectException(path, $"{what} is not valid Unicode: it has half of a surrogate pair.");
        }
    }

    private static void Check(JsonElement element, JsonTypeInfo type, string path)
    {
        if (type.Type == typeof(JsonElement))
        {
            return;
        }

        if (Nullable.GetUnderlyingType(type.Type) is { } underlying)
        {
            if (element.ValueKind != JsonValueKind.Null)
            {
                Check(element, type.Options.GetTypeInfo(underlying), path);
            }

            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(element, type, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckArray(element, type, path);
                break;
            default:
                CheckValue(element, type.Type, path);
                break;
        }
    }

    private static void CheckObject(JsonElement element, JsonTypeInfo type, string path)
    {
        Expect(element.ValueKind == JsonValueKind.Object, element, path, "an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var name = Member(path, member.Name);
            if (!seen.Add(member.Name))
            {
                throw new JsonDefectException(name, "It is repeated.");
            }

            var property = type.Properties.FirstOrDefault(property => property.Name == member.Name)
                ?? throw new JsonDefectException(name, $"There is no such property. Expected: {string.Join(", ", type.Properties.Select(property => property.Name))}.");
            if (member.Value.ValueKind != JsonValueKind.Null || !property.IsSetNullable)
            {
                Check(member.Value, type.Options.GetTypeInfo(property.PropertyType), name);
            }
        }

        if (type.Properties.FirstOrDefault(property => property.IsRequired && !element.TryGetProperty(property.Name, out _)) is { } missing)
        {
            throw new JsonDefectException(Member(path, missing.Name), "It is missing.");
        }
    }

    private static void CheckArray(JsonElement element, JsonTypeInfo type, string path)
    {
        Expect(element.ValueKind == JsonValueKind.Array, element, path, "an array");
        foreach (var (index, item) in element.EnumerateArray().Index())
        {
            Check(item, type.Options.GetTypeInfo(type.ElementType!), $"{path}[{index}]");
        }
    }

    private static void CheckValue(JsonElement element, Type type, string path)
    {
        if (type.IsEnum)
        {
            var names = NamesOf(type).ToArray();
            Expect(element.ValueKind == JsonValueKind.String && names.Contains(element.GetString(), StringComparer.Ordinal), element, path, $"one of {string.Join(", ", names)}");
        }
        else if (type == typeof(string))
        {
            Expect(element.ValueKind == JsonValueKind.String, element, path, "a string");
        }
        else if (type == typeof(bool))
        {
            Expect(element.ValueKind is JsonValueKind.True or JsonValueKind.False, element, path, "true or false");
        }
        else if (type == typeof(int))
        {
            Expect(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out _), element, path, "a whole number");
        }
        else if (type == typeof(double))
        {
            Expect(element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number), element, path, "a number");
        }
        else if (type == typeof(DateTimeOffset))
        {
            // Without an offset it would be the local time of this machine.
            Expect(
                element.ValueKind == JsonValueKind.String && HasOffset().IsMatch(element.GetString()!) && element.TryGetDateTimeOffset(out _),
                element,
                path,
                "a time such as 2030-01-01T00:00:00Z");
        }
        else
        {
            throw new NotSupportedException($"{type} has no check.");
        }
    }

    private static void Expect(bool condition, JsonElement element, string path, string expected)
    {
        if (!condition)
        {
            throw new JsonDefectException(path, $"Expected {expected}, not {Shown(element)}.");
        }
    }

    private static string Shown(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => element.GetRawText() is { Length: <= 100 } text ? text : "a long value",
    };

    [GeneratedRegex("T.*(Z|[+-][0-9]{2}:[0-9]{2})$")]
    private static partial Regex HasOffset();
}
