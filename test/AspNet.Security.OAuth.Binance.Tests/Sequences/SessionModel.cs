
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>What a request has to find.</summary>
internal enum ExpectedSession
{
    SignedIn,
    SignedOut,

    /// <summary>The documents promise neither.</summary>
    Either,
}

/// <summary>
/// The sessions as docs/sessions.md, docs/tokens.md and docs/scaling.md describe them: who is signed in, and what ended a session.
/// </summary>
internal sealed class SessionModel(SessionKind kind)
{
    /// <summary>How long a replaced session is accepted, an outcome is kept, and a response may write what is pending.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>How long before its end an access token is refreshed.</summary>
    public static readonly TimeSpan DueBefore = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, ModelSession> _sessions = [];

    /// <summary>How many sign-ins to a cookie a browser made at a process.</summary>
    public Dictionary<(int Browser, int Process, string Cookie), int> SignIns { get; } = [];

    /// <summary>Which refresh token may be sent.</summary>
    public TokenModel Tokens { get; } = new(kind);

    public ModelSession? Find(string id) => _sessions.GetValueOrDefault(id);

    public ModelSession SessionOf(CookieContent content) => _sessions[content.Session];

    public DateTimeOffset ExpiryOf(CookieContent content) => kind is SessionKind.Server ? SessionOf(content).Times.Expires : content.Expires;

    /// <summary>What a request with a cookie has to find at a process.</summary>
    public ExpectedSession Expect(CookieContent? content, int process, DateTimeOffset now, bool refreshes)
    {
        if (content is null || ExpiryOf(content) < now)
        {
            return ExpectedSession.SignedOut;
        }

        var session = SessionOf(content);
        if (kind is SessionKind.Server)
        {
            return session.IsRefused || session.ReplacedAt is not null || session.HasEnded ? ExpectedSession.SignedOut
                : ExpiryOf(content) == now ? ExpectedSession.Either
                : ExpectedSession.SignedIn;
        }

        if (IsOver(session, now))
        {
            // Another process takes a copy until its tokens are due: docs/scaling.md, "Signed out everywhere".
            var asksFarm = refreshes && IsDue(content.TokensExpire, now) && !IsReplacedFor(session, now);
            return kind is SessionKind.Cookie || asksFarm || KnowsOver(session, process, now) ? ExpectedSession.SignedOut : ExpectedSession.Either;
        }

        // A replaced session is accepted for a while, and one whose refusal did not reach the browser may be refused again.
        return session.ReplacedAt is not null || Tokens.IsRefused(content.RefreshToken) ? ExpectedSession.Either : ExpectedSession.SignedIn;
    }

    public static bool IsDue(DateTimeOffset tokensExpire, DateTimeOffset now) => tokensExpire - now <= DueBefore;

    /// <summary>Whether a session has ended, was replaced too long ago, or was replaced by one that has ended.</summary>
    public static bool IsOver(ModelSession session, DateTimeOffset now)
        => session.HasEnded || now - session.ReplacedAt > Grace || (session.Successor is { } successor && IsOver(successor, now));

    public ModelSession Begin(CookieContent content, string grant)
    {
        if (!_sessions.TryGetValue(content.Session, out var session))
        {
            _sessions[content.Session] = session = new(content, grant);
        }

        return session;
    }

    public static void Replace(ModelSession session, ModelSession successor, int process, DateTimeOffset now)
    {
        if (session == successor)
        {
            return;
        }

        session.Changes++;
        if (!IsOver(session, now))
        {
            (session.ReplacedAt, session.Successor) = (now, successor);
            session.ReplacedIn.Add(process);
        }
    }

    public void End(ModelSession session, int process, DateTimeOffset now)
    {
        // The outcome of its refreshes is kept no longer than the session.
        Tokens.Forget(session.Grant);
        session.Changes += IsOver(session, now) ? 0 : 1;
        session.HasEnded = true;
        session.OverIn.Add(process);
    }

    private static bool IsReplacedFor(ModelSession session, DateTimeOffset now) => now - session.ReplacedAt <= Grace;

    private static bool KnowsOver(ModelSession session, int process, DateTimeOffset now)
        => session.OverIn.Contains(process)
            || (session.ReplacedIn.Contains(process) && (now - session.ReplacedAt > Grace || (session.Successor is { } next && KnowsOver(next, process, now))));
}
