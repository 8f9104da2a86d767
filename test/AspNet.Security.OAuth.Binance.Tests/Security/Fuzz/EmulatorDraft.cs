using System.Globalization;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A request to the emulator that would succeed, and the edits that change it. Parts of the query and of the form are encoded.
/// </summary>
internal sealed class EmulatorDraft(string method, string path)
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly string[] _parameters =
    [
        "response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method", "emulator_user", "emulator_decision",
        "grant_type", "code", "client_secret", "code_verifier", "refresh_token", "consent", "user", "decision", "access_token",
    ];

    // Longer ones are refused before the emulator sees them.
    private static readonly Gen<string> _text = OddText.Any.Select(text => text.Length > 3000 ? text[..3000] : text);

    private static readonly Gen<string> _controls = Gen.Choose(1, 0x20).Select(c => ((char)(c == 0x20 ? 0x7f : c)).ToString());

    private static readonly Gen<string> _markup = Gen.Elements("<script>alert(1)</script>", "\"><img src=x>", "'><script>", "</title><script>", "<img src=x");

    public string Method { get; private set; } = method;

    public string Path { get; private set; } = path;

    public List<string> Query { get; } = [];

    public List<string> FormParts { get; } = [];

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public string Host { get; private set; } = "localhost";

    private string? Body { get; set; }

    private string? ContentType { get; set; }

    public static (int Weight, Gen<Edit<EmulatorDraft>> Edit)[] Edits { get; } =
    [
        (3, Edit<EmulatorDraft>.Of("a part of the query", _text, (draft, text) => draft.Query.Add(text))),
        (3, Edit<EmulatorDraft>.Of("a part of the form", _text, (draft, text) => draft.FormParts.Add(text))),
        (8, from name in Gen.Elements(_parameters)
            from edit in Edit<EmulatorDraft>.Of(name, _text, (draft, text) => draft.Set(name, Uri.EscapeDataString(text)))
            select edit),
        (2, from name in Gen.Elements(_parameters)
            from edit in Edit<EmulatorDraft>.Of(name + ", not encoded,", _text, (draft, text) => draft.Set(name, text))
            select edit),
        (3, from name in Gen.Elements(_parameters)
            from edit in Edit<EmulatorDraft>.Of(name + " of markup", _markup, (draft, text) => draft.Set(name, Uri.EscapeDataString(text)))
            select edit),
        (2, from name in Gen.Elements("state", "state", "scope", "redirect_uri", "client_id")
            from edit in Edit<EmulatorDraft>.Of("a control character in " + name, _controls, (draft, text) => draft.Set(name, $"a{text}b"))
            select edit),
        (2, Edit<EmulatorDraft>.Of("markup in the query", _markup, (draft, text) => draft.Query.Add(text))),
        (2, from name in Gen.Elements(_parameters) from edit in Edit<EmulatorDraft>.Of("no " + name, draft => draft.Remove(name)) select edit),
        (2, from name in Gen.Elements(_parameters)
            from edit in Edit<EmulatorDraft>.Of(name + " once more", _text, (draft, text) => draft.Query.Add($"{name}={Uri.EscapeDataString(text)}"))
            select edit),
        (1, Edit<EmulatorDraft>.Of("many parameters", draft => draft.Query.AddRange(Enumerable.Range(0, 70).Select(i => $"p{i}=")))),
        (1, Edit<EmulatorDraft>.Of("the form in the query", draft => draft.MoveForm())),
        (2, Edit<EmulatorDraft>.Of("client", Gen.Elements(BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.ClientId.ToUpperInvariant(), "unknown"), (draft, text) => draft.Set("client_id", text))),
        (2, Edit<EmulatorDraft>.Of("method", Gen.Elements("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW", "get", "A"), (draft, text) => draft.Method = text.Length == 0 ? "GET" : text)),
        (2, Edit<EmulatorDraft>.Of(
            "path",
            Gen.Elements(
                "oauth/token", "oauth/token/", "OAUTH/TOKEN", "oauth//token", "oauth/%74oken", "oauth/token%00", "oauth/to%E2%84%AAen", "oauth%2Ftoken", "oauth/token;a=b", "/oauth/token",
                "oauth/authorize", "tr/oauth/authorize", "EN/oauth/authorize", "xx/oauth/authorize", "en/../oauth/authorize", "%65n/oauth/authorize", "en%2Foauth/authorize", "en/oauth/authorize%2F", "oauth/auth%C5%BForize",
                "oauth-api/v1/user-info", "oauth-api/v1/user-info/", "oauth-api/v1/revoke-token", "oauth-api/v1/revo%E2%84%AAe-token", "OAuth-Api/V1/User-Info",
                "", "emulator", "emulator/", "EMULATOR", "emulator.css", "emulator.svg", "..%2f..%2fetc/passwd", "%ff", "%", "nothing", "%C4%B0", "%00"),
            (draft, text) => draft.Path = "/" + Clean(text))),
        (1, Edit<EmulatorDraft>.Of("path", _text, (draft, text) => draft.Path = "/" + Clean(text).Replace("?", "", StringComparison.Ordinal))),
        (1, Edit<EmulatorDraft>.Of("host", Gen.Elements("evil.example", "localhost:99999", "127.0.0.1", "[::1]:80", "LOCALHOST", "localhost.", "localhost.evil.example", "[", "a:b:c", ""), (draft, text) => draft.Host = text)),
        (2, from scheme in Gen.Elements("Bearer ", "bearer ", "Basic ", "Bearer", "")
            from edit in Edit<EmulatorDraft>.Of($"authorization {scheme}", _text, (draft, text) => draft.Header("Authorization", scheme + text))
            select edit),
        (1, Edit<EmulatorDraft>.Of("no authorization", draft => draft.Headers.RemoveAll(header => header.Key == "Authorization"))),
        (2, from name in Gen.Elements("Accept", "User-Agent", "Cookie", "Origin", "Referer", "Content-Encoding", "X-Forwarded-For", "X-HTTP-Method-Override", "Range", "If-None-Match", "Accept-Language", "Forwarded", "Upgrade")
            from edit in Edit<EmulatorDraft>.Of(name, _text, (draft, text) => draft.Header(name, text))
            select edit),
        (2, Edit<EmulatorDraft>.Of("content type", Gen.OneOf(_text, Gen.Elements("", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", Form + ";charset=utf-16", Form + " ;", "APPLICATION/X-WWW-FORM-URLENCODED", ";", "text/plain")), (draft, text) => draft.ContentType = text)),
        (2, Edit<EmulatorDraft>.Of("body", _text, (draft, text) => draft.Body = text)),
        (1, Edit<EmulatorDraft>.Of("body", OddJson.Piece, (draft, text) => draft.Body = text)),
        (1, Edit<EmulatorDraft>.Of("body in parts", _text, (draft, text) => (draft.ContentType, draft.Body) = ("multipart/form-data; boundary=x", $"--x\r\nContent-Disposition: form-data; name=\"{text}\"\r\n\r\n{text}\r\n--x--\r\n"))),
        (1, Edit<EmulatorDraft>.Of("a body of this many bytes", Gen.Elements("16384", "16385", "40000"), (draft, text) => draft.Body = new string('a', int.TryParse(text, out var size) ? size : 0))),
    ];

    public bool IsHead => Method == "HEAD";

    /// <summary>What counts as sent, from the query and from a form body.</summary>
    public ILookup<string, string> Parameters => $"{RawQuery}&{RawForm}".Split('&').Select(Decode).ToLookup(part => part.Name, part => part.Value);

    private string RawQuery => Clean(string.Join('&', Query));

    private string RawForm => Body ?? string.Join('&', FormParts);

    public void Set(string name, string value)
    {
        var (parts, count) = FormParts.Exists(part => Is(part, name)) ? (FormParts, FormParts.Count) : (Query, Query.Count);
        Remove(name);
        parts.Insert(Math.Min(count, parts.Count), $"{name}={value}");
    }

    public void Header(string name, string value)
    {
        Headers.RemoveAll(header => header.Key == name);
        Headers.Add(new(name, value));
    }

    public byte[] ToBytes()
    {
        var body = Encoding.UTF8.GetBytes(RawForm);
        var head = new StringBuilder($"{Method} {Path}{(Query.Count > 0 ? "?" : "")}{RawQuery} HTTP/1.1\r\nHost: {Host}\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {InLine(value)}\r\n");
        }

        if (body.Length > 0 || Method is "POST" or "PUT" or "PATCH")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {InLine(ContentType ?? Form)}\r\nContent-Length: {body.Length}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static bool Is(string part, string name) => part.StartsWith(name + "=", StringComparison.Ordinal);

    // What would end the request line or the header, and so make another request of it.
    private static string Clean(string text) => new([.. text.Where(c => c is not ('\r' or '\n' or ' ' or '#'))]);

    private static string InLine(string text) => new([.. text.Where(c => c is not ('\r' or '\n'))]);

    private static (string Name, string Value) Decode(string part)
    {
        var pair = part.Replace('+', ' ').Split('=', 2);
        return (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair.Length == 2 ? pair[1] : ""));
    }

    private void Remove(string name)
    {
        Query.RemoveAll(part => Is(part, name));
        FormParts.RemoveAll(part => Is(part, name));
    }

    private void MoveForm()
    {
        Query.AddRange(FormParts);
        FormParts.Clear();
    }
}
