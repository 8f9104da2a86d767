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
    public async Task<SessionState> EndAsync(SessionKey session, IssuedTicket issued, AuthenticationProperties ticket)
    {
        var known = await FindStateAsync(session, issued);
        var before = await AddAsync(session, EndOf(ticket, null, issued.Options.Clock.GetUtcNow()), issued);
        return before is SessionState.Live ? known : before;
    }

    public Task ReplaceAsync(SessionKey session, string successor, IssuedTicket issued, AuthenticationProperties ticket)
        => AddAsync(session, EndOf(ticket, successor, issued.Options.Clock.GetUtcNow()), issued);

    /// <summary>Returns the state of a session as this process knows it.</summary>
    public SessionState StateOf(SessionKey session, DateTimeOffset now)
        => _over.TryGetValue(session, out var end) ? StateOf(session, end, now) : SessionState.Live;

    /// <summary>Returns the state of a session as the web farm knows it.</summary>
    public async Task<SessionState> FindStateAsync(SessionKey session, IssuedTicket issued)
    {
        var now = issued.Options.Clock.GetUtcNow();
        if (_over.TryGetValue(session, out var end))
        {
            if (StateOf(session, end, now) is SessionState.Ended)
            {
                return SessionState.Ended;
            }
        }
        else if (await shared.FindAsync(session, issued) is { } found)
        {
            end = found;
            Remember(session, found, now);
        }
        else
        {
            return SessionState.Live;
        }

        // Another process may have ended what took its place.
        return end.Successor is { } successor && await FindStateAsync(session with { Id = successor }, issued) is SessionState.Ended
            ? SessionState.Ended
            : StateOf(session, now);
    }

    // Another copy of the cookie may have slid since this one was written, at the latest now.
    private static SessionEnd EndOf(AuthenticationProperties ticket, string? successor, DateTimeOffset now)
    {
        var until = ticket.ExpiresUtc ?? DateTimeOffset.MaxValue;
        if (until - ticket.IssuedUtc is { } length && length > until - now)
        {
            until = length < DateTimeOffset.MaxValue - now ? now + length : DateTimeOffset.MaxValue;
        }

        return new(successor, now, until);
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
            if (before is SessionState.Ended)
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
