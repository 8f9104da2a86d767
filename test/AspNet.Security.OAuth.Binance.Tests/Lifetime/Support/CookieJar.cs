using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// The cookies of a browser on one host (RFC 6265 section 5.3): each by its name, domain and path, until its end.
/// </summary>
internal sealed class CookieJar(TimeProvider time)
{
    private readonly List<Kept> _cookies = [];

    public CookieJar Copy()
    {
        var copy = new CookieJar(time);
        copy._cookies.AddRange(_cookies);
        return copy;
    }

    /// <summary>The cookies that a browser has, whatever their path; two of one name if their paths differ.</summary>
    public IEnumerable<string> Named(string name) => Live.Where(cookie => cookie.Name == name).Select(cookie => cookie.Value);

    /// <summary>What a request sends. A navigation that another site began does not send cookies that are <c>SameSite=Strict</c>.</summary>
    public string Header(string path, bool crossSite = false) => string.Join("; ", Live
        .Where(cookie => cookie.IsFor(path) && !(crossSite && cookie.IsStrict))
        .OrderByDescending(cookie => cookie.Path.Length)
        .Select(cookie => $"{cookie.Name}={cookie.Value}"));

    public void Receive(SetCookieHeaderValue cookie)
    {
        var (name, path, domain) = (cookie.Name.Value!, cookie.Path.Value ?? "/", cookie.Domain.Value);
        _cookies.RemoveAll(kept => kept.Name == name && kept.Path == path && kept.Domain == domain);

        // Max-Age has precedence over Expires.
        var ends = cookie.MaxAge is { } age ? time.GetUtcNow() + age : cookie.Expires;
        _cookies.Add(new Kept(name, cookie.Value.Value!, path, domain, cookie.SameSite is SameSiteMode.Strict, ends));
    }

    private IEnumerable<Kept> Live => _cookies.Where(cookie => cookie.Ends is null || cookie.Ends > time.GetUtcNow());

    private sealed record Kept(string Name, string Value, string Path, string? Domain, bool IsStrict, DateTimeOffset? Ends)
    {
        public bool IsFor(string path) => path == Path || (path.StartsWith(Path, StringComparison.Ordinal) && (Path.EndsWith('/') || path[Path.Length] is '/' or '?'));
    }
}
