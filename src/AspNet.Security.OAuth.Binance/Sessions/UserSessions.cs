using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Lists and ends the sessions of a user.
/// </summary>
internal sealed class UserSessions(
    SessionCache cache, SessionIndex index, SessionEntries entries, SessionRegistry registry, IssuedTickets tickets, SessionTokens tokens, CurrentSession current,
    IEnumerable<IUserTokens> users)
{
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(string scheme, string userId)
        => [.. (await ReadAsync(cache.NameOf(scheme, userId)))
            .Select(session => new BinanceSessionInfo
            {
                Id = session.Index.Id,
                Scheme = scheme,
                CookieScheme = session.Index.CookieScheme,
                SignedInAt = entries.SinceOf(session.Ticket),
                ExpiresAt = entries.EndOf(session.Ticket),
            })
            .OrderByDescending(static session => session.SignedInAt)];

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<bool> EndAsync(string scheme, string userId, string id)
    {
        var user = cache.NameOf(scheme, userId);
        if ((await ReadAsync(user)).Find(session => session.Index.Id == id) is not { Ticket: not null } session)
        {
            return false;
        }

        var ended = await EndAsync(session);
        Note(session);

        // Read again: of two sessions that hold the same tokens and end at the same time, the later one revokes them.
        var revoking = tokens.RevokeAllAsync(await EndKeptAsync([session]));
        if (ended is not null)
        {
            var others = await ReadAsync(user);
            revoking = SessionTokens.WithinAsync(ended.Issued.Options, () => RevokeUnlessHeldAsync(ended, others));
        }

        await Task.WhenAll(revoking, index.TryRemoveAsync(user, scheme, [id]));
        return true;
    }

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task EndAllAsync(string scheme, string userId)
    {
        var user = cache.NameOf(scheme, userId);

        // The generation first, so that a concurrent sign-in either fails, or belongs to the new generation.
        var generation = await entries.BeginGenerationAsync(user);
        current.NoteBegun(generation);
        var sessions = await ReadAllAsync(user);
        var latest = await entries.ReadGenerationAsync(user);
        sessions.RemoveAll(session => SessionEntries.IsOf(session.Ticket, generation) || (latest.Exists && SessionEntries.IsOf(session.Ticket, latest)));
        var ended = await Task.WhenAll(sessions.Select(EndAsync));
        sessions.ForEach(Note);
        var revoking = tokens.RevokeAllAsync([.. ended.OfType<IssuedSession>(), .. await EndKeptAsync(sessions)]);
        await Task.WhenAll(revoking, index.TryRemoveAsync(user, scheme, [.. sessions.Select(static session => session.Index.Id)]));
    }

    private async Task<List<StoredSession>> ReadAsync(string user)
    {
        var sessions = await ReadAllAsync(user);
        var generation = await entries.ReadGenerationAsync(user);
        sessions.RemoveAll(session => !SessionEntries.IsOf(session.Ticket, generation));
        return sessions;
    }

    private async Task<List<StoredSession>> ReadAllAsync(string user)
    {
        var indexed = await index.ReadAsync(user);
        var found = await Task.WhenAll(indexed.Select(session => entries.FindAsync(session.Id, cache.Time)));
        return [.. indexed.Zip(found, static (session, found) => new StoredSession(session, found.Ticket!)).Where(static session => session.Ticket is not null)];
    }

    /// <returns>The session whose tokens are to be revoked, if they are.</returns>
    private async Task<IssuedSession?> EndAsync(StoredSession session)
    {
        await entries.EndAsync(session.Index.Id, entries.LengthOf(session.Ticket));
        var properties = session.Ticket.Properties;
        if (tickets.Find(properties) is not { } issued)
        {
            return null;
        }

        // The registry prevents a concurrent request from writing the session again. Of several concurrent calls that end it, one revokes.
        var key = SessionKey.Of(session.Index.CookieScheme, properties);
        var revokes = issued.RevokesAtSignOut(session.Index.CookieScheme);
        var wasLive = key is null || await registry.EndAsync(key.Value, issued, properties, issued.Options.RevocationTimeout) is SessionState.Live;
        return wasLive && revokes ? new(key, properties, issued) : null;
    }

    private void Note(StoredSession session) => current.NoteEnded(session.Index, IssuedTickets.SessionId(session.Ticket.Properties));

    // For users whose tokens IUserTokens keeps.
    private async Task<IReadOnlyList<IssuedSession>> EndKeptAsync(IEnumerable<StoredSession> sessions)
        => users.FirstOrDefault() is { } kept ? await kept.EndAsync([.. sessions.Select(static session => session.Ticket)]) : [];

    // The application may have used one sign-in for two cookies. Compared by the access token, because a server may issue one refresh token to all sessions of a user.
    private async Task RevokeUnlessHeldAsync(IssuedSession ended, IEnumerable<StoredSession> others)
    {
        var newest = await tokens.FindNewestAsync(ended);
        foreach (var other in others)
        {
            if (tickets.Find(other.Ticket.Properties) is { } issued
                && issued.Scheme == ended.Issued.Scheme
                && (await tokens.FindNewestAsync(new(null, other.Ticket.Properties, issued))).Newest?.AccessToken == newest.Newest?.AccessToken)
            {
                return;
            }
        }

        await tokens.RevokeAsync(ended, newest, new([], ended.Issued.Options.Clock));
    }

    private readonly record struct StoredSession(IndexedSession Index, AuthenticationTicket Ticket);
}
