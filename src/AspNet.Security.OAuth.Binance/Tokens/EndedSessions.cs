using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The sessions that were signed out a moment ago. A request that was under way with a refresh may answer after the sign-out did,
/// and would bring the session's cookie back.
/// </summary>
internal sealed class EndedSessions
{
    // As long as any request is under way. It costs a few hundred bytes for each sign-out.
    private static readonly TimeSpan _memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Session, ITimer> _ended = new();

    public void Add(string accessToken, AuthenticationProperties properties, TimeProvider time)
    {
        var session = new Session(accessToken, IssuedAt(properties));
        var timer = time.CreateTimer(Forget, session, _memory, Timeout.InfiniteTimeSpan);
        if (!_ended.TryAdd(session, timer))
        {
            timer.Dispose();
        }
    }

    public bool Contains(AuthenticationProperties properties)
        => StoredTokens.AccessToken(properties) is { } accessToken && _ended.ContainsKey(new(accessToken, IssuedAt(properties)));

    // As text, because it is compared in each request and parsed in none.
    private static string? IssuedAt(AuthenticationProperties properties) => properties.Items.TryGetValue(".issued", out var issued) ? issued : null;

    private void Forget(object? session)
    {
        if (_ended.TryRemove((Session)session!, out var timer))
        {
            timer.Dispose();
        }
    }

    // Not the token alone: a server may give the one that is still good to another session of the user, or to the next one.
    private readonly record struct Session(string AccessToken, string? IssuedAt);
}
