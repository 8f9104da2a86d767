using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A documented response, and the edits that change it. Names and values are JSON as in the body.
/// </summary>
internal sealed class ResponseDraft(params (string Name, string Json)[] members)
{
    private readonly List<(string Name, string Json)> _members = [.. members.Select(member => ($"\"{member.Name}\"", member.Json))];
    private readonly List<Func<byte[], byte[]>> _bytes = [];

    private int _status = 200;
    private string? _contentType = "application/json";
    private bool _saysLength = true;

    /// <summary>The edits of any response, whatever its members are.</summary>
    public static (int Weight, Gen<Edit<ResponseDraft>> Edit)[] Edits(params string[] names) =>
    [
        .. names.SelectMany(EditsOf),
        (3, Edit<ResponseDraft>.Of("another member", OddJson.Piece, (draft, json) => draft._members.Add(("\"added\"", json)))),
        (1, Edit<ResponseDraft>.Of("a member of any name", OddJson.Text, (draft, name) => draft._members.Add((name, "1")))),
        (2, Edit<ResponseDraft>.Of("error", Gen.Elements("invalid_grant", "invalid_client", "invalid_token", "invalid_request", "server_error", "INVALID_GRANT", "unauthorized_client"), (draft, error) => draft.Set("error", $"\"{error}\""))),
        (2, Edit<ResponseDraft>.Of("error is", OddJson.Piece, (draft, json) => draft.Set("error", json))),
        (2, Edit<ResponseDraft>.Of("error_description is", OddJson.Piece, (draft, json) => draft.Set("error_description", json))),
        (4, Edit<ResponseDraft>.Of("status", Gen.Elements("200", "201", "204", "299", "301", "307", "308", "400", "400", "400", "401", "403", "404", "408", "429", "500", "502", "503", "599", "999"), (draft, status) => draft._status = int.TryParse(status, out var number) ? number : 200)),
        (2, Edit<ResponseDraft>.Of("content type", Gen.OneOf(Gen.Elements("text/html", "", "application/json;charset=utf-16", "application/json;charset=nonsense", "multipart/mixed"), OddText.Visible), (draft, type) => draft._contentType = type)),
        (1, Edit<ResponseDraft>.Of("no content type", draft => draft._contentType = null)),
        (1, Edit<ResponseDraft>.Of("no length", draft => draft._saysLength = false)),
        (3, Edit<ResponseDraft>.At("cut at", (draft, at) => draft._bytes.Add(bytes => bytes[..(int)(at * bytes.Length)]))),
        (2, Edit<ResponseDraft>.At("a wrong byte at", (draft, at) => draft._bytes.Add(bytes => Insert(bytes, at, 0xff)))),
        (1, Edit<ResponseDraft>.At("a zero at", (draft, at) => draft._bytes.Add(bytes => Insert(bytes, at, 0)))),
        (1, Edit<ResponseDraft>.At("half of a character at", (draft, at) => draft._bytes.Add(bytes => Insert(bytes, at, 0xc3)))),
        (1, Edit<ResponseDraft>.Of("a byte order mark", draft => draft._bytes.Add(bytes => [.. Encoding.UTF8.Preamble, .. bytes]))),
        (1, Edit<ResponseDraft>.Of("as UTF-16", draft => draft._bytes.Add(bytes => Encoding.Convert(Encoding.UTF8, Encoding.Unicode, bytes)))),
        (1, Edit<ResponseDraft>.Of("after it", OddText.Any, (draft, text) => draft._bytes.Add(bytes => [.. bytes, .. Encoding.UTF8.GetBytes(text)]))),
        (1, Edit<ResponseDraft>.Of("before it", OddText.Any, (draft, text) => draft._bytes.Add(bytes => [.. Encoding.UTF8.GetBytes(text), .. bytes]))),
        (1, Edit<ResponseDraft>.Of("blanks up to this many bytes", Gen.Elements("65535", "65536", "65537", "200000"), (draft, size) => draft._bytes.Add(bytes => Pad(bytes, size)))),
        (2, Edit<ResponseDraft>.Of("instead of it", Gen.Elements("<html>", "<!doctype html><p>Please wait", "\r\n <html>", "<", "{}<html>", "<{}"), (draft, text) => draft._bytes.Add(_ => Encoding.UTF8.GetBytes(text)))),
        (1, Edit<ResponseDraft>.Of("instead of it", OddText.Any, (draft, text) => draft._bytes.Add(_ => Encoding.UTF8.GetBytes(text)))),
        (1, Edit<ResponseDraft>.Of("instead of it", OddJson.Piece, (draft, text) => draft._bytes.Add(_ => Encoding.UTF8.GetBytes(text)))),
    ];

    public BackchannelResponse ToBackchannel()
    {
        var body = Encoding.UTF8.GetBytes($"{{{string.Join(',', _members.Select(member => $"{member.Name}:{member.Json}"))}}}");
        return new(_status, _contentType, _bytes.Aggregate(body, static (bytes, change) => change(bytes)), _saysLength);
    }

    /// <summary>Gives a member another value. One that has a dot in its name is a member of <c>data</c>.</summary>
    public void Set(string name, string json)
    {
        if (name.Split('.') is [var parent, var child])
        {
            Change(parent, data => data.Replace($"\"{child}\":", $"\"{child}\":{json},\"was_{child}\":", StringComparison.Ordinal));
            return;
        }

        Remove(name);
        _members.Add(($"\"{name}\"", json));
    }

    private static IEnumerable<(int Weight, Gen<Edit<ResponseDraft>> Edit)> EditsOf(string name) =>
    [
        (3, Edit<ResponseDraft>.Of(name + " is", OddJson.Piece, (draft, json) => draft.Set(name, json))),
        (2, Edit<ResponseDraft>.Of(name + " is", OddJson.Text, (draft, json) => draft.Set(name, json))),
        (1, Edit<ResponseDraft>.Of(name + " is of the length", Gen.Elements("256", "257", "320", "321", "4096", "4097", "24000"), (draft, length) => draft.Set(name, $"\"{new string('a', int.TryParse(length, out var number) ? number : 0)}\""))),
        .. name.Contains('.', StringComparison.Ordinal) ? [] : MoreEditsOf(name),
    ];

    private static IEnumerable<(int Weight, Gen<Edit<ResponseDraft>> Edit)> MoreEditsOf(string name) =>
    [
        (1, Edit<ResponseDraft>.Of("no " + name, draft => draft.Remove(name))),
        (1, Edit<ResponseDraft>.Of($"{name} once more, as", OddJson.Piece, (draft, json) => draft._members.Add(($"\"{name}\"", json)))),
        (1, Edit<ResponseDraft>.Of($"{name} once more, spelt with an escape, as", OddJson.Piece, (draft, json) => draft._members.Add(($"\"\\u{(int)name[0]:x4}{name[1..]}\"", json)))),
        (1, Edit<ResponseDraft>.Of($"{name} spelt with an escape", draft => draft.Rename(name, $"\\u{(int)name[0]:x4}{name[1..]}"))),
        (1, Edit<ResponseDraft>.Of($"{name} in capitals", draft => draft.Rename(name, name.ToUpperInvariant()))),
    ];

    private static byte[] Insert(byte[] bytes, double at, byte inserted)
    {
        var place = (int)(at * bytes.Length);
        return [.. bytes.AsSpan(0, place), inserted, .. bytes.AsSpan(place)];
    }

    private static byte[] Pad(byte[] bytes, string size)
    {
        var padded = new byte[Math.Max(bytes.Length, int.TryParse(size, out var length) ? length : 0)];
        padded.AsSpan().Fill((byte)' ');
        bytes.CopyTo(padded, 0);
        return padded;
    }

    private void Remove(string name) => _members.RemoveAll(member => member.Name == $"\"{name}\"");

    private void Rename(string name, string to) => Replace(name, member => ($"\"{to}\"", member.Json));

    private void Change(string name, Func<string, string> change) => Replace(name, member => (member.Name, change(member.Json)));

    private void Replace(string name, Func<(string Name, string Json), (string, string)> change)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            if (_members[i].Name == $"\"{name}\"")
            {
                _members[i] = change(_members[i]);
            }
        }
    }
}
