using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A valid callback request, and the edits that change it. The state and the cookie are those of a started sign-in.
/// </summary>
internal sealed class CallbackRequest(StartedSignIn signIn, StartedSignIn other)
{
    private const string Pair = "=";

    private readonly List<KeyValuePair<string, string>> _headers = [];

    public string Method { get; private set; } = "GET";

    /// <summary>Whether the request is a prefetch.</summary>
    public bool IsPrefetch { get; private set; }

    public string Path { get; private set; } = FuzzSite.CallbackPath;

    /// <summary>The query's parts, as they go over the wire.</summary>
    public List<string> Query { get; private set; } = [$"code={SiteBrowser.Code}", $"state={signIn.State}"];

    public List<string> Cookies { get; private set; } = [signIn.Cookie];

    public string RawQuery => Query.Count == 0 ? "" : "?" + string.Join('&', Query);

    public string RawCookies => string.Join("; ", Cookies);

    public static Gen<string> Starts { get; } = Gen.Frequency(
        (8, Gen.Constant("a login")), (1, Gen.Constant("a login whose code is refused")), (1, Gen.Constant("a login while the server is down")));

    public static (int Weight, Gen<Edit<CallbackRequest>> Edit)[] Edits { get; } =
    [
        (4, Edit<CallbackRequest>.Of("a part of the query", OddText.Any, (request, text) => request.Query.Add(text))),
        (2, Edit<CallbackRequest>.Of("a first part of the query", OddText.Any, (request, text) => request.Query.Insert(0, text))),
        (1, Edit<CallbackRequest>.Of("the whole query", OddText.Any, (request, text) => request.Query = [text])),
        (3, Edit<CallbackRequest>.Of("code", OddText.Any, (request, text) => request.Set("code", Uri.EscapeDataString(text)))),
        (1, Edit<CallbackRequest>.Of("code, not encoded", OddText.Any, (request, text) => request.Set("code", text))),
        (3, Edit<CallbackRequest>.Of("state", OddText.Any, (request, text) => request.Set("state", Uri.EscapeDataString(text)))),
        (1, Edit<CallbackRequest>.Of("state, not encoded", OddText.Any, (request, text) => request.Set("state", text))),
        (1, Edit<CallbackRequest>.Of("no code", request => request.Remove("code"))),
        (1, Edit<CallbackRequest>.Of("no state", request => request.Remove("state"))),
        (2, Edit<CallbackRequest>.At("another character in the state", (request, at) => request.Set("state", Changed(request.State, at)))),
        (2, Edit<CallbackRequest>.At("state cut", (request, at) => request.Set("state", request.State[..(int)(at * request.State.Length)]))),
        (2, Edit<CallbackRequest>.Of("another browser's state", request => request.Set("state", request.OtherState))),
        (2, Edit<CallbackRequest>.Of("another sign-in's cookie", request => request.Cookies.Add(request.OtherCookie))),
        (2, Edit<CallbackRequest>.Of("once more", Gen.Elements("state", "code", "error", "STATE", "Code", "error_description"), (request, name) => request.Query.Add(name + "=again"))),
        (2, Edit<CallbackRequest>.Of("the state once more", request => request.Query.Add("state=" + request.State))),
        (2, Edit<CallbackRequest>.Of("error", Gen.Elements("access_denied", "server_error", "temporarily_unavailable", "invalid_scope", "ACCESS_DENIED"), (request, text) => request.Set("error", text))),
        (2, Edit<CallbackRequest>.Of("error", OddText.Any, (request, text) => request.Set("error", Uri.EscapeDataString(text)))),
        (2, Edit<CallbackRequest>.Of("error_description", OddText.Any, (request, text) => request.Set("error_description", Uri.EscapeDataString(text)))),
        (2, Edit<CallbackRequest>.Of("no cookie", request => request.Cookies.Clear())),
        (2, Edit<CallbackRequest>.Of("a cookie after", OddText.Any, (request, text) => request.Cookies.Add(text))),
        (2, Edit<CallbackRequest>.Of("a cookie before", OddText.Any, (request, text) => request.Cookies.Insert(0, text))),
        (1, Edit<CallbackRequest>.Of("the mark", OddText.Any, (request, text) => request.Cookies = [request.CookieName + Pair + text])),
        (1, Edit<CallbackRequest>.Of("all cookies", OddText.Any, (request, text) => request.Cookies = [text])),
        (1, Edit<CallbackRequest>.Of("a session cookie", OddText.Any, (request, text) => request.Cookies.Add(SiteResponse.CookieName + Pair + text))),
        (1, Edit<CallbackRequest>.Of("a session cookie in parts", Gen.Elements("chunks-2", "chunks-0", "chunks--1", "chunks-99999999", "chunks-99999999999999999999"), (request, text) => request.Cookies.Add(SiteResponse.CookieName + Pair + text))),
        (1, Edit<CallbackRequest>.Of("method", Gen.Elements("POST", "HEAD", "PUT", "OPTIONS", "get", "", "BREW"), (request, text) => request.Method = text)),
        (1, Edit<CallbackRequest>.Of("prefetch", Gen.Elements("Sec-Purpose", "Purpose", "X-Moz"), (request, name) => request.Prefetch(name))),
        (1, Edit<CallbackRequest>.Of("path", Gen.Elements("SIGNIN-BINANCE", "signin-binance/", "signin-binance/x", "/signin-binance", "", "failed", "signin-binance\0", "signin-binance%00"), (request, text) => request.Path = "/" + text)),
        (1, Edit<CallbackRequest>.Of("host", Gen.Elements("", "evil.example", "evil.example:99999", "a:b:c", "[::1]:80", "[", "site.example@evil.example", "%00", "-"), (request, text) => request._headers.Add(new("Host", text)))),
        (1, from name in Gen.Elements("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Accept-Language", "Referer", "Origin", "Content-Type", "Authorization", "User-Agent", "X-Original-URL", "Cookie2", "Sec-Fetch-Site")
            from edit in Edit<CallbackRequest>.Of(name, OddText.Any, (request, text) => request._headers.Add(new(name, text)))
            select edit),
    ];

    private string State => signIn.State;

    private string OtherState => other.State;

    private string OtherCookie => other.Cookie;

    private string CookieName => signIn.CookieName;

    public void Change(HttpRequest request)
    {
        request.Method = Method;
        foreach (var (name, value) in _headers)
        {
            request.Headers[name] = value;
        }
    }

    /// <summary>
    /// Whether this is a sign-in that may succeed (RFC 6749 sections 4.1.2 and 10.12), read here without the code that is tested:
    /// one state and one code, no error, nothing of it twice, and the mark of a sign-in in this browser.
    /// </summary>
    public bool MaySignIn()
    {
        var query = Query.SelectMany(part => part.Split('&')).Select(Decode).ToLookup(part => part.Name, part => part.Value, StringComparer.OrdinalIgnoreCase);
        return !IsPrefetch
            && HttpMethods.IsGet(Method)
            && query["state"].ToArray() is [var state]
            && query["code"].ToArray() is [{ Length: > 0 }]
            && query["error"].ToArray() is [] or [""]
            && ((state == signIn.State && HasCookie(signIn)) || (state == other.State && HasCookie(other)));
    }

    /// <summary>Whether it is a sign-in that has to succeed where Binance lets it: besides what may be, it has no cookie that might hide another.</summary>
    public bool MustSignIn() => MaySignIn() && Cookies.TrueForAll(cookie => cookie == signIn.Cookie || cookie == other.Cookie);

    private void Prefetch(string name)
    {
        IsPrefetch = true;
        _headers.Add(new(name, "prefetch"));
    }

    private static (string Name, string Value) Decode(string part)
    {
        var pair = part.Replace('+', ' ').Split('=', 2);
        return (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair.Length == 2 ? pair[1] : ""));
    }

    private static string Changed(string state, double at)
    {
        var place = (int)(at * state.Length);
        return $"{state[..place]}{(state[place] == 'A' ? 'B' : 'A')}{state[(place + 1)..]}";
    }

    private bool HasCookie(StartedSignIn of) => RawCookies.Contains(of.CookieName + Pair, StringComparison.Ordinal);

    private void Remove(string name) => Query.RemoveAll(part => part.StartsWith(name + Pair, StringComparison.Ordinal));

    private void Set(string name, string value)
    {
        Remove(name);
        Query.Add(name + Pair + value);
    }
}
