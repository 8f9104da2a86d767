using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Browsers;

/// <summary>
/// A browser's cookies by RFC 6265bis: a cookie is known by its name, domain, path and partition, so that a response that changes one
/// of these makes a second cookie beside the first, and a deletion that does not repeat them deletes nothing.
/// </summary>
internal sealed class CookieJar(TimeProvider time)
{
    private readonly Dictionary<(string Name, string Domain, bool IsHostOnly, string Path, bool IsPartitioned), JarCookie> _cookies = [];
    private long _created;

    /// <summary>Every cookie of a name that the browser still has, whatever it would be sent to.</summary>
    public IReadOnlyList<JarCookie> Named(string name) => [.. Live().Where(cookie => cookie.Name == name)];

    /// <summary>All cookies that the browser still has.</summary>
    public IReadOnlyList<JarCookie> Cookies => [.. Live()];

    /// <summary>The names of all cookies, a name once for each cookie.</summary>
    public IReadOnlyList<string> Names => [.. Live().Select(cookie => cookie.Name)];

    public CookieJar Copy()
    {
        var copy = new CookieJar(time) { _created = _created };
        foreach (var (key, cookie) in _cookies)
        {
            copy._cookies[key] = cookie;
        }

        return copy;
    }

    /// <summary>RFC 6265bis section 5.7: stores what a response sets, and drops what it expires.</summary>
    public void Receive(Uri from, IEnumerable<SetCookieHeaderValue> cookies)
    {
        foreach (var set in cookies)
        {
            var domain = set.Domain.HasValue ? set.Domain.Value!.TrimStart('.') : null;
            var cookie = new JarCookie(
                set.Name.Value!,
                set.Value.Value!,
                domain ?? from.Host,
                IsHostOnly: domain is null,
                set.Path is { HasValue: true, Length: > 0 } path && path.Value![0] == '/' ? path.Value! : DefaultPath(from),
                set.Extensions.Any(extension => extension.Equals("Partitioned", StringComparison.OrdinalIgnoreCase)),
                set.Secure,
                set.HttpOnly,
                set.SameSite,
                set.MaxAge is { } age ? time.GetUtcNow() + age : set.Expires);

            // A browser ignores a cookie for a domain that the host is not in, and one that needs a secure origin and has none.
            Assert.True(domain is null || IsInDomain(from.Host, domain), $"{from.Host} is not in {domain}.");
            Assert.True(set.Secure || !(cookie.IsPartitioned || set.SameSite is SameSiteMode.None), $"{set.Name} needs Secure.");
            var key = (cookie.Name, cookie.Domain, cookie.IsHostOnly, cookie.Path, cookie.IsPartitioned);
            _cookies[key] = cookie with { Created = _cookies.TryGetValue(key, out var old) ? old.Created : ++_created };
        }
    }

    /// <summary>
    /// RFC 6265bis section 5.8: the Cookie header of a request. A navigation that another site started sends no strict cookies. A secure
    /// cookie is also sent to a loopback address without TLS.
    /// </summary>
    public string Header(Uri to, bool fromAnotherSite) => string.Join("; ", Live()
        .Where(cookie => cookie.IsHostOnly ? cookie.Domain == to.Host : IsInDomain(to.Host, cookie.Domain))
        .Where(cookie => IsBelow(to.AbsolutePath, cookie.Path) && (!cookie.IsSecure || to.Scheme == "https" || to.IsLoopback))
        .Where(cookie => !fromAnotherSite || cookie.SameSite is not SameSiteMode.Strict)
        .OrderByDescending(cookie => cookie.Path.Length).ThenBy(cookie => cookie.Created)
        .Select(cookie => $"{cookie.Name}={cookie.Value}"));

    /// <summary>Changes the value of a cookie, and keeps its attributes.</summary>
    public void Replace(JarCookie cookie, string value) => Add(cookie with { Value = value });

    /// <summary>Adds a cookie, perhaps of another browser.</summary>
    public void Add(JarCookie cookie) => _cookies[(cookie.Name, cookie.Domain, cookie.IsHostOnly, cookie.Path, cookie.IsPartitioned)] = cookie;

    /// <summary>Removes all cookies of a name.</summary>
    public void Remove(string name)
    {
        foreach (var (key, _) in _cookies.Where(cookie => cookie.Key.Name == name).ToArray())
        {
            _cookies.Remove(key);
        }
    }

    public void Clear() => _cookies.Clear();

    private IEnumerable<JarCookie> Live() => _cookies.Values.Where(cookie => cookie.Ends is not { } ends || ends > time.GetUtcNow());

    private static bool IsInDomain(string host, string domain) => host == domain || host.EndsWith('.' + domain, StringComparison.Ordinal);

    private static bool IsBelow(string path, string cookiePath)
        => path == cookiePath || path.StartsWith(cookiePath.EndsWith('/') ? cookiePath : cookiePath + '/', StringComparison.Ordinal);

    private static string DefaultPath(Uri from) => from.AbsolutePath.LastIndexOf('/') is > 0 and var end ? from.AbsolutePath[..end] : "/";
}

/// <summary>A cookie in a <see cref="CookieJar"/>.</summary>
internal sealed record JarCookie(
    string Name,
    string Value,
    string Domain,
    bool IsHostOnly,
    string Path,
    bool IsPartitioned,
    bool IsSecure,
    bool IsHttpOnly,
    SameSiteMode SameSite,
    DateTimeOffset? Ends)
{
    public long Created { get; init; }

    /// <summary>The attributes that a renewed cookie shares with the one that it renews.</summary>
    public object Attributes => (Domain, IsHostOnly, Path, IsPartitioned, IsSecure, IsHttpOnly, SameSite, Ends);
}
