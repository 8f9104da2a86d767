using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The sessions that were read before the application ran, for the first use of each: a feature of the request.
/// </summary>
internal sealed class RequestSessions
{
    // Usually one cookie.
    private readonly List<(string CookieScheme, string Key, AuthenticationTicket? Ticket)> _read = new(1);

    // Ids of sessions, and generations.
    private HashSet<string>? _ended;

    /// <summary>Gets or sets a value indicating whether the cache failed. The user then counts as anonymous for the page of the outage.</summary>
    public bool AreUnavailable { get; set; }

    public static RequestSessions? Find(HttpContext context) => context.Features.Get<RequestSessions>();

    public static RequestSessions Of(HttpContext context)
    {
        if (Find(context) is not { } sessions)
        {
            context.Features.Set(sessions = new RequestSessions());
        }

        return sessions;
    }

    /// <summary>Records that the request itself has ended a session, or all sessions of a user by a new generation. Sessions that were read before are discarded.</summary>
    public void NoteEnded(string idOrGeneration)
    {
        (_ended ??= new(StringComparer.Ordinal)).Add(idOrGeneration);
        _read.Clear();
    }

    public bool HasEnded(string idOrGeneration) => _ended?.Contains(idOrGeneration) is true;

    public void Add(string cookieScheme, string key, AuthenticationTicket? ticket) => _read.Add((cookieScheme, key, ticket));

    /// <summary>Takes a session that was read before. It is returned once: a second read returns the current state.</summary>
    public bool TryTake(string cookieScheme, string key, out AuthenticationTicket? ticket)
    {
        var at = _read.FindIndex(read => read.CookieScheme == cookieScheme && read.Key == key);
        ticket = at < 0 || AreUnavailable ? null : _read[at].Ticket;
        if (at >= 0)
        {
            _read.RemoveAt(at);
        }

        return at >= 0 || AreUnavailable;
    }
}
