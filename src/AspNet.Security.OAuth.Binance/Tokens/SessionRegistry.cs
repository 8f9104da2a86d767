using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The sessions that are over: ended by a sign-out, or replaced by a sign-in to the same cookie. Sessions are not known by their tokens:
/// a server may give the tokens of one to another session of the user, or to the next one.
/// </summary>
internal sealed class SessionRegistry(SharedSessions shared)
{
    private const int Capacity = 100_000;


    private readonly ConcurrentDictionary<SessionKey, SessionEnd> _over = new();
    private readonly Queue<(SessionKey Session, SessionEnd End)> _order = new();
    private readonly Lock _lock = new();

    /// <summary>
    /// Gets the time that a request may be under way: a replaced session is accepted for as long, and nothing that is pending for longer is written.
    /// </summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Ends a session.</summary>
    /// <returns>Its state before: of several who end it at once, one finds it live.</returns>
    public async Task<SessionState> EndAsync(SessionKey session, IssuedTicket issued, AuthenticationProperties properties)
    {
        var known = await FindStateAsync(session, issued);
        var before = await AddAsync(session, EndOf(null, issued, properties), issued);
        return before is SessionState.Live ? known : before;
    }

    public Task ReplaceAsync(SessionKey session, string successor, IssuedTicket issued, AuthenticationProperties properties)
        => AddAsync(session, EndOf(successor, issued, properties), issued);

    /// <summary>Returns the state of a session as this process knows it.</summary>
    public SessionState StateOf(SessionKey session, DateTimeOffset now)
        => _over.TryGetValue(session, out var end) ? StateOf(session, end, now) : SessionState.Live;

    /// <summary>Returns the state of a session as the web farm knows it.</summary>
    public async Task<SessionState> FindStateAsync(SessionKey session, IssuedTicket issued)
    {
        var now = issued.Options.Clock.GetUtcNow();
        if (StateOf(session, now) is not SessionState.Live and var known)
        {
            return known;
        }

        if (await shared.FindAsync(session, issued) is not { } end)
        {
            return SessionState.Live;
        }

        Remember(session, end, now);
        return end.Successor is { } successor && await FindStateAsync(session with { Id = successor }, issued) is SessionState.Ended
            ? SessionState.Ended
            : StateOf(session, now);
    }

    // A replaced session whose successor ended is over as well: otherwise the old cookie would be signed in again.
    private SessionState StateOf(SessionKey session, SessionEnd end, DateTimeOffset now)
    {
        if (end.Successor is null || now - end.At > Grace)
        {
            return SessionState.Ended;
        }

        var last = end;
        while (last.Successor is { } successor && _over.TryGetValue(session with { Id = successor }, out var next))
        {
            last = next;
        }

        return last.Successor is null ? SessionState.Ended : SessionState.Replaced;
    }

    // A cookie that slid meanwhile, and is on its way, is good for longer than the one that the request brought.
    private static SessionEnd EndOf(string? successor, IssuedTicket issued, AuthenticationProperties properties)
    {
        var now = issued.Options.Clock.GetUtcNow();
        var (expires, slid) = (properties.ExpiresUtc, now + (properties.ExpiresUtc - properties.IssuedUtc));
        return new(successor, now, (slid > expires ? slid : expires) ?? DateTimeOffset.MaxValue);
    }

    private async Task<SessionState> AddAsync(SessionKey session, SessionEnd end, IssuedTicket issued)
    {
        var before = Remember(session, end, end.At);
        if (before is not SessionState.Ended)
        {
            await shared.WriteAsync(session, end, issued);
        }

        return before;
    }

    private SessionState Remember(SessionKey session, SessionEnd end, DateTimeOffset now)
    {
        lock (_lock)
        {
            // Ended is final.
            var before = StateOf(session, now);
            if (_over.TryGetValue(session, out var known) && known.Successor is null)
            {
                return before;
            }

            _over[session] = end;
            _order.Enqueue((session, end));
            while (_order.TryPeek(out var oldest) && (_order.Count > Capacity || oldest.End.Until < now))
            {
                _order.Dequeue();
                _over.TryRemove(KeyValuePair.Create(oldest.Session, oldest.End));
            }

            return before;
        }
    }
}

/// <summary>One sign-in to one cookie.</summary>
internal readonly record struct SessionKey(string CookieScheme, string Id);

/// <summary>The end of a session.</summary>
/// <param name="Successor">The id of the session that replaced it, or <see langword="null"/> if it was ended.</param>
/// <param name="At">When.</param>
/// <param name="Until">When its ticket expires, so that nobody has to remember the end.</param>
internal readonly record struct SessionEnd(string? Successor, DateTimeOffset At, DateTimeOffset Until);

/// <summary>Whether a session goes on.</summary>
internal enum SessionState
{
    /// <summary>It goes on.</summary>
    Live,

    /// <summary>Another sign-in took its cookie a moment ago: requests that are under way are accepted, and nothing is written.</summary>
    Replaced,

    /// <summary>It is over.</summary>
    Ended,
}
