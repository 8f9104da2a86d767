using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Lists and ends the sessions of a user.
/// </summary>
internal sealed class UserSessions(
    SessionCache cache, SessionIndex index, SessionEntries entries, SessionRegistry registry, IssuedTickets tickets, SessionTokens tokens, CurrentSession current)
{
    // Binance limits how many requests it takes.
    private const int MostRevocations = 16;

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

        // Read again: of two sessions that hold the same tokens and end at once, the later one revokes them.
        if (ended is { } revoked && !await IsHeldAsync(await ReadAsync(user), revoked))
        {
            await tokens.RevokeAsync(revoked.Issued, await tokens.FindNewestAsync(revoked.Issued, revoked.Properties));
        }

        await index.TryRemoveAsync(user, scheme, [id]);
        return true;
    }

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task EndAllAsync(string scheme, string userId)
    {
        var user = cache.NameOf(scheme, userId);

        // First, so that a session that begins meanwhile is either over, or not touched.
        var generation = await entries.BeginGenerationAsync(user);
        current.NoteBegun(generation);
        var sessions = await ReadAllAsync(user);
        var latest = await entries.ReadGenerationAsync(user);
        sessions.RemoveAll(session => SessionEntries.IsOf(session.Ticket, generation) || (latest.Exists && SessionEntries.IsOf(session.Ticket, latest)));
        var ended = await Task.WhenAll(sessions.Select(EndAsync));
        var newest = await Task.WhenAll(ended.OfType<IssuedProperties>().Select(async session
            => (session.Issued, Tokens: await tokens.FindNewestAsync(session.Issued, session.Properties))));

        // Two cookies of one sign-in hold the same tokens.
        await Parallel.ForEachAsync(
            newest.DistinctBy(static session => (session.Issued.Scheme, session.Tokens.AccessToken)),
            new ParallelOptions { MaxDegreeOfParallelism = MostRevocations },
            async (session, _) => await tokens.RevokeAsync(session.Issued, session.Tokens));
        sessions.ForEach(Note);
        await index.TryRemoveAsync(user, scheme, [.. sessions.Select(static session => session.Index.Id)]);
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
    private async Task<IssuedProperties?> EndAsync(StoredSession session)
    {
        await entries.EndAsync(session.Index.Id, entries.LengthOf(session.Ticket));
        var properties = session.Ticket.Properties;
        if (tickets.Find(properties) is not { } issued)
        {
            return null;
        }

        // A request that is under way does not write the session again. Of several who end it at once, one revokes.
        var wasLive = IssuedTickets.SessionId(properties) is not { } id
            || await registry.EndAsync(new(session.Index.CookieScheme, id), issued, properties) is SessionState.Live;
        return wasLive && issued.Options.RevokeOnSignOut && session.Index.CookieScheme != IdentityConstants.ExternalScheme ? new(issued, properties) : null;
    }

    private void Note(StoredSession session) => current.NoteEnded(session.Index, IssuedTickets.SessionId(session.Ticket.Properties));

    // The application may have signed one sign-in in to two cookies.
    private async Task<bool> IsHeldAsync(IEnumerable<StoredSession> others, IssuedProperties ended)
    {
        var newest = await tokens.FindNewestAsync(ended.Issued, ended.Properties);
        foreach (var other in others)
        {
            if (tickets.Find(other.Ticket.Properties) is { } issued
                && issued.Scheme == ended.Issued.Scheme
                && (await tokens.FindNewestAsync(issued, other.Ticket.Properties)).Shares(newest))
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct StoredSession(IndexedSession Index, AuthenticationTicket Ticket);

    private readonly record struct IssuedProperties(IssuedTicket Issued, AuthenticationProperties Properties);
}
