using System.Globalization;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// A value of JSON. <paramref name="Text"/> is the text of a string, or <see langword="null"/> if UTF-8 cannot encode it; of a number it is
/// the number as it was written.
/// </summary>
internal sealed record JsonValue(char Kind, string? Text, IReadOnlyList<KeyValuePair<string?, JsonValue>> Members)
{
    public bool IsText => Kind == '"';

    /// <summary>The first member of this name that is not null, or <see langword="null"/> if there is none.</summary>
    public JsonValue? this[string name] => Members.Where(member => member.Key == name).Select(member => member.Value).FirstOrDefault(value => value.Kind != 'n');
}

/// <summary>
/// Reads JSON strictly by RFC 8259, independently of the code with which the provider reads it. It also reports what RFC 8259 leaves to the
/// reader: a byte order mark, deep nesting, and strings that are not valid Unicode.
/// </summary>
internal sealed class StrictJson
{
    private const int Shallow = 8;

    private readonly byte[] _bytes;
    private int _at;

    private StrictJson(byte[] bytes) => _bytes = bytes;

    /// <summary>Whether a correct reader may refuse it as well as accept it.</summary>
    public bool MayBeRefused { get; private set; }

    /// <summary>Whether two members of one object have the same name.</summary>
    public bool HasDuplicates { get; private set; }

    /// <summary>The value, or <see langword="null"/> if it is not JSON.</summary>
    public JsonValue? Value { get; private set; }

    public static StrictJson Read(byte[] bytes)
    {
        var json = new StrictJson(bytes);
        try
        {
            // RFC 8259 section 8.1: a sender must not add a byte order mark, and a reader may ignore it.
            if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            {
                json.MayBeRefused = true;
                json._at = Encoding.UTF8.Preamble.Length;
            }

            var value = json.ReadValue(0);
            json.SkipBlanks();
            json.Value = json._at == bytes.Length ? value : null;
        }
        catch (FormatException)
        {
            json.Value = null;
        }

        return json;
    }

    private JsonValue ReadValue(int depth)
    {
        if (depth > Shallow)
        {
            MayBeRefused = true;
        }

        if (depth > 200)
        {
            // The result is not used; whether the rest is JSON does not matter.
            throw new FormatException();
        }

        SkipBlanks();
        switch (Peek())
        {
            case '{':
                return ReadObject(depth);
            case '[':
                ReadItems(']', () => ReadValue(depth + 1));
                return new('[', null, []);
            case '"':
                return new('"', ReadText(), []);
            case 't':
                return ReadWord("true");
            case 'f':
                return ReadWord("false");
            case 'n':
                return ReadWord("null");
            default:
                return ReadNumber();
        }
    }

    private JsonValue ReadObject(int depth)
    {
        List<KeyValuePair<string?, JsonValue>> members = [];
        ReadItems('}', () =>
        {
            SkipBlanks();
            var name = ReadText();
            SkipBlanks();
            Take(':');
            HasDuplicates |= name is not null && members.Exists(member => member.Key == name);
            members.Add(new(name, ReadValue(depth + 1)));
        });
        return new('{', null, members);
    }

    private void ReadItems(char end, Action readItem)
    {
        _at++;
        SkipBlanks();
        if (Peek() == end)
        {
            _at++;
            return;
        }

        while (true)
        {
            readItem();
            SkipBlanks();
            if (Peek() == end)
            {
                _at++;
                return;
            }

            Take(',');
        }
    }

    private JsonValue ReadWord(string word)
    {
        foreach (var c in word)
        {
            Take(c);
        }

        return new(word[0], null, []);
    }

    private JsonValue ReadNumber()
    {
        var start = _at;
        if (Peek() == '-')
        {
            _at++;
        }

        if (Peek() == '0')
        {
            _at++;
        }
        else
        {
            TakeDigits();
        }

        if (Peek() == '.')
        {
            _at++;
            TakeDigits();
        }

        if (Peek() is 'e' or 'E')
        {
            _at++;
            if (Peek() is '+' or '-')
            {
                _at++;
            }

            TakeDigits();
        }

        return new('0', Encoding.ASCII.GetString(_bytes, start, _at - start), []);
    }

    private void TakeDigits()
    {
        if (!char.IsAsciiDigit(Peek()))
        {
            throw new FormatException();
        }

        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }
    }

    private string? ReadText()
    {
        Take('"');
        List<byte> utf16 = [];
        var start = _at;
        while (Peek() != '"')
        {
            if (_at >= _bytes.Length || _bytes[_at] < 0x20)
            {
                throw new FormatException();
            }

            if (Peek() == '\\')
            {
                AddPlain(utf16, start);
                AddEscape(utf16);
                start = _at;
            }
            else
            {
                _at++;
            }
        }

        AddPlain(utf16, start);
        _at++;
        try
        {
            return new UnicodeEncoding(false, false, throwOnInvalidBytes: true).GetString([.. utf16]);
        }
        catch (ArgumentException)
        {
            MayBeRefused = true;
            return null;
        }
    }

    private void AddPlain(List<byte> utf16, int start)
    {
        try
        {
            utf16.AddRange(Encoding.Unicode.GetBytes(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(_bytes, start, _at - start)));
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair is not valid text.
            utf16.AddRange([0x00, 0xd8]);
        }
    }

    private void AddEscape(List<byte> utf16)
    {
        _at++;
        var escape = Peek();
        _at++;
        if (escape == 'u')
        {
            // Digit by digit: the framework's parser of numbers takes zero bytes at the end for blanks.
            if (_at + 4 > _bytes.Length || !_bytes.AsSpan(_at, 4).ToArray().All(digit => char.IsAsciiHexDigit((char)digit)))
            {
                throw new FormatException();
            }

            var unit = ushort.Parse(_bytes.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            utf16.AddRange([(byte)unit, (byte)(unit >> 8)]);
            _at += 4;
            return;
        }

        var at = "\"\\/bfnrt".IndexOf(escape, StringComparison.Ordinal);
        utf16.AddRange(at < 0 ? throw new FormatException() : [(byte)"\"\\/\b\f\n\r\t"[at], 0]);
    }

    private void SkipBlanks()
    {
        while (_at < _bytes.Length && _bytes[_at] is 0x20 or 0x09 or 0x0a or 0x0d)
        {
            _at++;
        }
    }

    private char Peek() => _at < _bytes.Length ? (char)_bytes[_at] : '\0';

    private void Take(char expected)
    {
        if (_at >= _bytes.Length || _bytes[_at] != expected)
        {
            throw new FormatException();
        }

        _at++;
    }
}
