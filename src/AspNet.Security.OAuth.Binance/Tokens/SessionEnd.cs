using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>One sign-in to one cookie.</summary>
internal readonly record struct SessionKey(string CookieScheme, string Id)
{
    /// <summary>Returns the key of a ticket's session, or <see langword="null"/> if no sign-in of ours began it.</summary>
    public static SessionKey? Of(string cookieScheme, AuthenticationProperties ticket)
        => IssuedTickets.SessionId(ticket) is { } id ? new SessionKey(cookieScheme, id) : null;
}

/// <summary>The end of a session.</summary>
/// <param name="Successor">The id of the session that replaced it, or <see langword="null"/> if it was ended.</param>
/// <param name="At">When.</param>
/// <param name="Until">When its ticket expires, after which the end does not have to be kept.</param>
internal readonly record struct SessionEnd(string? Successor, DateTimeOffset At, DateTimeOffset Until)
{
    /// <summary>Gets a value indicating whether the tokens of the session are revoked.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>Gets a value indicating whether a sign-in to the same cookie followed the end, so that the browser's cookie may be that of the next session.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Gets a value indicating whether this process ended the session.</summary>
    public bool IsOfThisProcess { get; init; }
}

/// <summary>The state of a session.</summary>
internal enum SessionState
{
    /// <summary>It is live.</summary>
    Live,

    /// <summary>Another sign-in replaced it within the last ten minutes: concurrent requests are accepted, and no cookie is written.</summary>
    Replaced,

    /// <summary>It is over.</summary>
    Ended,
}
