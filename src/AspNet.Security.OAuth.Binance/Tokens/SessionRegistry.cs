using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The sessions that are over: ended by a sign-out, or replaced by a sign-in to the same cookie. Sessions are not identified by their tokens:
/// a server may issue the same tokens to another session of the user, or to the next one.
/// </summary>
internal sealed class SessionRegistry(SharedSessions shared)
{
    private const int Capacity = 100_000;

    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SessionKey, SessionEnd> _over = new();
    private readonly Queue<(SessionKey Session, SessionEnd End)> _order = new();
    private readonly Lock _lock = new();

    /// <summary>
    /// Gets the time that a request may take: a replaced session is accepted for this long, and changes that are pending for longer are not written.
    /// </summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Ends a session: at once in this process, and then in the web farm, which continues after the wait.</summary>
    /// <param name="session">The session.</param>
    /// <param name="issued">The scheme that issued its ticket.</param>
    /// <param name="ticket">Its ticket.</param>
    /// <param name="longest">How long to wait for the web farm.</param>
    /// <returns>Its previous state: of several concurrent calls, one returns <see cref="SessionState.Live"/>.</returns>
    public async Task<SessionState> EndAsync(SessionKey session, IssuedTicket issued, AuthenticationProperties ticket, TimeSpan longest)
    {
        var end = EndOf(ticket, null, issued.Options.Clock.GetUtcNow()) with { IsOfThisProcess = true };
        var before = Remember(session, end, end.At);
        if (before is SessionState.Ended)
        {
            return before;
        }

        try
        {
            var elsewhere = await EndElsewhereAsync(session, end, issued).WaitAsync(longest, issued.Options.Clock);
            return before is SessionState.Live ? elsewhere : before;
        }
        catch (TimeoutException)
        {
            return before;
        }
    }

    /// <summary>Records that a sign-in to the same cookie replaces a session, or follows it if it has ended already.</summary>
    /// <param name="session">The session.</param>
    /// <param name="successor">The id of the session that the sign-in begins.</param>
    /// <param name="issued">The scheme that issued its ticket.</param>
    /// <param name="ticket">Its ticket.</param>
    public async Task ReplaceAsync(SessionKey session, string successor, IssuedTicket issued, AuthenticationProperties ticket)
    {
        var end = EndOf(ticket, successor, issued.Options.Clock.GetUtcNow());

        // An end of another process is final, and is not overwritten.
        var finding = FindStateAsync(session, issued);
        await BeforeWriteAsync(finding, issued);
        if (finding is { IsCompletedSuccessfully: true, Result: SessionState.Ended } || Remember(session, end, end.At) is SessionState.Ended)
        {
            var isRevoked = await IsRevokedAsync(session, issued);
            await ChangeAsync(session, known => known with { IsFollowed = true, IsRevoked = isRevoked }, issued);
        }
        else
        {
            await shared.WriteAsync(session, end, issued);
        }
    }

    /// <summary>
    /// Returns a value indicating whether a sign-in to the same cookie followed the end of a session, as far as the web farm knows. The browser's cookie may then be that of the next session.
    /// </summary>
    public async Task<bool> IsFollowedAsync(SessionKey session, IssuedTicket issued)
        => (_over.TryGetValue(session, out var end) && end.IsFollowed) || (await shared.FindAsync(session, issued))?.IsFollowed is true;

    /// <summary>
    /// Records that the tokens of a session that ended in this process are about to be revoked. That is decided after its end, because another session may hold them. The outcomes of
    /// its refreshes are not used any more.
    /// </summary>
    public Task RevokeTokensAsync(SessionKey session, IssuedTicket issued)
        => ChangeAsync(session, static end => end with { IsRevoked = true }, issued);

    /// <summary>Returns a value indicating whether the tokens of a session were revoked, because it ended, as far as this process knows.</summary>
    public bool IsRevoked(SessionKey session) => _over.TryGetValue(session, out var end) && end.IsRevoked;

    /// <summary>Returns a value indicating whether the tokens of a session were revoked, because it ended, as far as the web farm knows.</summary>
    public async Task<bool> IsRevokedAsync(SessionKey session, IssuedTicket issued)
        => _over.TryGetValue(session, out var end) && (end.IsOfThisProcess || end.IsRevoked)
            ? end.IsRevoked
            : (await shared.FindAsync(session, issued))?.IsRevoked is true;

    /// <summary>Returns a value indicating whether another process ended a session, and revokes its tokens.</summary>
    public async Task<bool> IsRevokedElsewhereAsync(SessionKey session, IssuedTicket issued)
        => !(_over.TryGetValue(session, out var end) && end.IsOfThisProcess) && await IsRevokedAsync(session, issued);

    /// <summary>Returns the state of a session in this process.</summary>
    public SessionState StateOf(SessionKey session, DateTimeOffset now)
        => _over.TryGetValue(session, out var end) ? StateOf(session, end, now) : SessionState.Live;

    /// <summary>Returns a value indicating whether the ends of sessions are shared, and cannot be read now.</summary>
    public bool IsUnavailable(TimeProvider time) => shared.IsUnavailable(time);

    /// <summary>Returns the state of a session in the web farm.</summary>
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

        // Another process may have ended its successor.
        return end.Successor is { } successor && await FindStateAsync(session with { Id = successor }, issued) is SessionState.Ended
            ? SessionState.Ended
            : StateOf(session, now);
    }

    private async Task<SessionState> EndElsewhereAsync(SessionKey session, SessionEnd end, IssuedTicket issued)
    {
        // After the write, the read would find this end instead of that of another process.
        var finding = shared.FindAsync(session, issued);
        await BeforeWriteAsync(finding, issued);
        await shared.WriteAsync(session, end, issued);
        return await finding switch
        {
            null => SessionState.Live,
            { } own when own.At == end.At && own.Until == end.Until => SessionState.Live,
            { Successor: { } successor } replaced when await FindStateAsync(session with { Id = successor }, issued) is not SessionState.Ended
                => StateOf(session, replaced, end.At),
            _ => SessionState.Ended,
        };
    }

    // Waits for a read before a write. The wait is shorter than the timeout of a command: after a command timed out, the cache is not written to.
    private static async Task BeforeWriteAsync(Task reading, IssuedTicket issued)
        => await reading.WaitAsync(_readTimeout, issued.Options.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ChangeAsync(SessionKey session, Func<SessionEnd, SessionEnd> change, IssuedTicket issued)
    {
        SessionEnd end;
        lock (_lock)
        {
            if (!_over.TryGetValue(session, out var before) || (end = change(before)) == before)
            {
                return;
            }

            _over[session] = end;
        }

        await shared.WriteAsync(session, end, issued);
    }

    // Another copy of the cookie may have slid after this one was written, at the latest now.
    private static SessionEnd EndOf(AuthenticationProperties ticket, string? successor, DateTimeOffset now)
    {
        var until = ticket.ExpiresUtc ?? DateTimeOffset.MaxValue;
        if (until - ticket.IssuedUtc is { } length && length > until - now)
        {
            until = length < DateTimeOffset.MaxValue - now ? now + length : DateTimeOffset.MaxValue;
        }

        return new(successor, now, until);
    }

    // A replaced session whose successor ended is over as well: otherwise its old cookie would be accepted again.
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

    private void Forget(SessionKey session, SessionEnd end)
    {
        // A session that was replaced and then ended has a second entry in the queue.
        if (_over.TryGetValue(session, out var current) && current with { IsRevoked = end.IsRevoked, IsFollowed = end.IsFollowed } == end)
        {
            _over.TryRemove(session, out _);
        }
    }

    private SessionState Remember(SessionKey session, SessionEnd end, DateTimeOffset now)
    {
        lock (_lock)
        {
            // Ended is a final state.
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
                Forget(oldest.Session, oldest.End);
            }

            return before;
        }
    }
}
