using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The sessions that were signed out lately. A request that was under way with a refresh may respond after the sign-out, and would
/// bring the session's cookie back. They are not known by their tokens: a server may give the one that is still good to another
/// session of the user, or to the next one.
/// </summary>
internal sealed class EndedSessions
{
    // As long as any request is under way. It costs a few hundred bytes for each sign-out.
    private static readonly TimeSpan _memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, ITimer> _ended = new(StringComparer.Ordinal);

    public void Add(AuthenticationProperties properties, TimeProvider time)
    {
        if (IssuedTickets.SessionId(properties) is not { } session)
        {
            return;
        }

        var timer = time.CreateTimer(Forget, session, _memory, Timeout.InfiniteTimeSpan);
        if (!_ended.TryAdd(session, timer))
        {
            timer.Dispose();
        }
    }

    public bool Contains(AuthenticationProperties properties)
        => IssuedTickets.SessionId(properties) is { } session && _ended.ContainsKey(session);

    private void Forget(object? session)
    {
        if (_ended.TryRemove((string)session!, out var timer))
        {
            timer.Dispose();
        }
    }
}
