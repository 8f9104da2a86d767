using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Counts the sign-ins to each cookie in this process. A response that deletes the cookie of a session that is over does not know the browser's next session, whose sign-in
/// may have come without that cookie. Therefore it deletes nothing after any sign-in since its request began. The cookie that remains is rejected.
/// </summary>
internal sealed class SignInCounts
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string cookieScheme) => _counts.AddOrUpdate(cookieScheme, 1, static (_, count) => count + 1);

    public int Of(string cookieScheme) => _counts.GetValueOrDefault(cookieScheme);

    /// <summary>Returns a value indicating whether no user signed in to a cookie since the request's session was found to be over.</summary>
    public bool AreUnchanged(PendingCookie cookie) => Of(cookie.Scheme) == cookie.SignInsBefore;
}
