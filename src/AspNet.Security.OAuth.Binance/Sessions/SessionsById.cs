using System.Globalization;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The sessions of one cookie by their ids, for code without the key: after a request, and outside of one. A browser
/// can open a session with the key, and not with the id.
/// </summary>
internal sealed class SessionsById(
    string cookieScheme, CookieAuthenticationOptions options, SessionCache cache, SessionEntries entries, SessionIndex index, SafeLogger<ServerSessionStore> logger) : ITicketStore
{
    // An item of the ticket: the end of the session in the index.
    private const string IndexedItem = ".binance.indexed";

    private TimeProvider Time => options.TimeProvider ?? cache.Time;

    public Task<string> StoreAsync(AuthenticationTicket ticket) => throw new NotSupportedException("A session begins with a key.");

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => entries.FindLiveAsync(key, Time);

    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        try
        {
            await ExtendIndexAsync(key, SessionEntries.UserOf(ticket), ticket);
            if (!await entries.TryWriteAsync(key, ticket, Time))
            {
                Log.SessionTooLong(logger, cookieScheme);
            }
            else if (await entries.IsEndedAsync(key))
            {
                await entries.TryRemoveAsync(key);
            }
        }
        catch (SessionsUnavailableException)
        {
            // SessionCache has logged the failure. It does not fail the request, and the session is unchanged.
        }
    }

    public Task RemoveAsync(string key) => EndAsync(key, null);

    /// <summary>Ends a session.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="user">Its user, if that is known without its ticket.</param>
    /// <returns>The session before its end.</returns>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<FoundSession> EndAsync(string id, string? user)
    {
        var found = await entries.FindAsync(id, Time);
        if (found.IsEnded)
        {
            await entries.TryRemoveAsync(id);
            return found;
        }

        await entries.EndAsync(id, found.Ticket is null ? options.ExpireTimeSpan : entries.LengthOf(found.Ticket));
        await RemoveFromIndexAsync(id, user ?? (found.Ticket is null ? null : SessionEntries.UserOf(found.Ticket)));
        return found;
    }

    /// <summary>Adds a new session to the list of its user.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public Task AddToIndexAsync(string id, string? user, AuthenticationTicket ticket)
    {
        ticket.Properties.Items.Remove(IndexedItem);
        return ExtendIndexAsync(id, user, ticket);
    }

    /// <summary>Removes a session that is over from the list of its user.</summary>
    public Task RemoveFromIndexAsync(string id, string? user)
        => user is null ? Task.CompletedTask : index.TryRemoveAsync(user, cookieScheme, [id]);

    private async Task ExtendIndexAsync(string id, string? user, AuthenticationTicket ticket)
    {
        // Rounded up.
        var ends = entries.EndOf(ticket).ToUnixTimeSeconds() + 1;
        var items = ticket.Properties.Items;
        if (user is not null && (!items.TryGetValue(IndexedItem, out var known) || !long.TryParse(known, out var indexed) || indexed < ends))
        {
            await index.AddAsync(user, new(id, cookieScheme, SessionName.SchemeOf(ticket, cookieScheme), ends));
            items[IndexedItem] = ends.ToString(CultureInfo.InvariantCulture);
        }
    }
}
