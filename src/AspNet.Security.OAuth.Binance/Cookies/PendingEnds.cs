using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The sessions and external logins that a request has signed out of. Whether their tokens are revoked is decided when the response starts.
/// </summary>
internal sealed class PendingEnds
{
    /// <summary>Gets the sessions whose tokens are revoked, unless another cookie holds them.</summary>
    public List<IssuedSession> Revocations { get; } = [];

    /// <summary>Gets the access tokens that this request revoked.</summary>
    public HashSet<string> Revoked { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the external logins that were signed out of. They end unless their tokens are kept.</summary>
    public List<IssuedSession> ExternalLogins { get; } = [];

    /// <summary>Gets the ids of the external logins whose tokens are kept for a user.</summary>
    public HashSet<string> KeptLoginIds { get; } = new(StringComparer.Ordinal);
}
