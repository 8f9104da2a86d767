using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The pending changes of a request to its cookies: a feature, which is created on demand. Most requests
/// have none.
/// </summary>
internal sealed class PendingCookies
{
    // Usually one cookie.
    private readonly List<PendingCookie> _cookies = new(1);
    private Dictionary<AuthenticationProperties, string>? _sessionIds;
    private List<SessionUnderValidation>? _validating;
    private TimeSpan _waited;

    public IReadOnlyList<PendingCookie> Cookies => _cookies;

    /// <summary>Gets the id of the session that the sign-in of this request begins, if it is a callback.</summary>
    public string? SignInId { get; private set; }

    /// <summary>Gets the access token that the code was exchanged for. Only the deliveries of this callback know it together with the id.</summary>
    public string? SignInToken { get; private set; }

    /// <summary>Gets the sessions and logins that the request has signed out of. Created on demand.</summary>
    public PendingEnds Ends => field ??= new();

    /// <summary>Gets the events that were resolved from the container: one object per request and cookie, as in the cookie handler.</summary>
    public Dictionary<BinanceCookieEvents, CookieAuthenticationEvents> Events => field ??= [];

    /// <summary>Gets or sets a value indicating whether the request has signed a user in with a ticket that holds no tokens.</summary>
    public bool HasSignedInWithoutTokens { get; set; }

    /// <summary>Gets or sets a value indicating whether the writing of the cookies is scheduled for the start of the response.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>Returns a value indicating whether the request signed a user in to a cookie.</summary>
    public static bool HasSignedIn(HttpContext context) => Find(context)?._cookies.Exists(static cookie => cookie.SignedIn is not null) is true;

    public static PendingCookies? Find(HttpContext context) => context.Features.Get<PendingCookies>();

    public static PendingCookies Of(HttpContext context)
    {
        if (Find(context) is not { } pending)
        {
            context.Features.Set(pending = new PendingCookies());
        }

        return pending;
    }

    /// <summary>Waits for tokens or for a store. The time counts for <see cref="RemainingOf"/>.</summary>
    public async Task WaitAsync(Func<Task> wait, TimeProvider time)
    {
        var started = time.GetTimestamp();
        try
        {
            await wait();
        }
        finally
        {
            _waited += time.GetElapsedTime(started);
        }
    }

    /// <summary>Returns what remains of a time limit after the waits of this request for tokens and stores.</summary>
    public TimeSpan RemainingOf(TimeSpan longest) => longest > _waited ? longest - _waited : TimeSpan.Zero;

    /// <summary>Waits for the end of a session or a login, for what remains of the time limit of a sign-out.</summary>
    /// <returns><see langword="false"/> if it takes longer, and continues in the background.</returns>
    public async Task<bool> WaitWithinAsync(Task ending, BinanceAuthenticationOptions options)
    {
        try
        {
            await WaitAsync(() => ending.WaitAsync(RemainingOf(options.RevocationTimeout), options.Clock), options.Clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Marks the request as a callback, whose deliveries all begin the same session.</summary>
    public void Begin(string? id, string? accessToken) => (SignInId, SignInToken) = (id, accessToken);

    /// <summary>Returns when the session of a ticket expires after this request.</summary>
    public static DateTimeOffset? ExpiryOf(HttpContext context, AuthenticationProperties properties)
    {
        var cookie = Find(context)?._cookies.Find(cookie => ReferenceEquals(cookie.Session?.Properties, properties));
        var renewed = cookie?.Renewal?.Properties ?? (cookie is { Slides: true } ? properties : null);
        return renewed is { IssuedUtc: { } begins, ExpiresUtc: { } ends } ? cookie!.RequestedAt + (ends - begins) : properties.ExpiresUtc;
    }

    /// <summary>Returns the pending changes of a scheme's cookie, if there are any.</summary>
    public PendingCookie? Find(string scheme)
    {
        foreach (var cookie in _cookies)
        {
            if (cookie.Scheme == scheme)
            {
                return cookie;
            }
        }

        return null;
    }

    /// <summary>Returns the pending changes of a scheme's cookie, and creates them on demand.</summary>
    public PendingCookie Cookie(string scheme, CookieAuthenticationOptions options)
    {
        if (Find(scheme) is not { } cookie)
        {
            _cookies.Add(cookie = new PendingCookie(scheme, options));
        }

        return cookie;
    }

    /// <summary>
    /// Returns the session id that these properties had before a sign-in of this request. A sign-in writes a new id into the caller's object, which
    /// may be the cached result of another cookie.
    /// </summary>
    public string? SessionIdOf(AuthenticationProperties properties)
        => _sessionIds?.GetValueOrDefault(properties) ?? IssuedTickets.SessionId(properties);

    /// <summary>Stores the session id of properties before a sign-in overwrites it.</summary>
    public void KeepSessionId(AuthenticationProperties properties)
    {
        if (IssuedTickets.SessionId(properties) is { } id)
        {
            (_sessionIds ??= new(ReferenceEqualityComparer.Instance)).TryAdd(properties, id);
        }
    }

    /// <summary>
    /// Returns the sessions that an application's own events are validating. An application may sign out during the validation: the
    /// framework's documentation has an example, and Identity's security stamp validator does it. Authenticating the cookie at that moment would
    /// start another validation, or deadlock.
    /// </summary>
    public static IReadOnlyList<SessionUnderValidation> SessionsUnderValidation(HttpContext context)
        => Find(context)?._validating ?? (IReadOnlyList<SessionUnderValidation>)[];

    /// <summary>Returns a value indicating whether an application's own event is validating the cookie of a scheme.</summary>
    public static bool IsUnderValidation(HttpContext context, string cookieScheme)
    {
        foreach (var session in SessionsUnderValidation(context))
        {
            if (session.CookieScheme == cookieScheme)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a session until the application's event has ended.</summary>
    public static SessionUnderValidation Validating(HttpContext context, string cookieScheme, AuthenticationProperties properties)
    {
        var validating = Of(context)._validating ??= [];
        var session = new SessionUnderValidation(validating, cookieScheme, properties);
        validating.Insert(0, session);
        return session;
    }

    /// <summary>A session whose cookie an application's event is validating. The innermost validation is the first in the list.</summary>
    internal sealed class SessionUnderValidation(List<SessionUnderValidation> all, string cookieScheme, AuthenticationProperties properties) : IDisposable
    {
        public string CookieScheme => cookieScheme;

        public AuthenticationProperties Properties => properties;

        public void Dispose() => all.Remove(this);
    }
}

/// <summary>The pending changes of one cookie.</summary>
internal sealed class PendingCookie(string scheme, CookieAuthenticationOptions options)
{
    private HashSet<string>? _over;

    public string Scheme => scheme;

    public CookieAuthenticationOptions Options => options;

    /// <summary>Gets or sets the session that was validated, if one of its renewals is pending.</summary>
    public IssuedSession? Session { get; set; }

    /// <summary>Gets or sets the time at which the renewal was requested.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>Gets or sets the tokens of a refresh, if the cookie has to carry them.</summary>
    public BinanceTokens? Refreshed { get; set; }

    /// <summary>Gets or sets the refresh that this request joined. The response waits for it if the request stopped waiting.</summary>
    public RefreshCall? Refreshing { get; set; }

    /// <summary>Gets or sets a value indicating whether the session continues without tokens, because Binance refused to refresh them.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie slides.</summary>
    public bool Slides { get; set; }

    /// <summary>Gets or sets a copy of the ticket that the application requested to renew (<c>ShouldRenew</c>).</summary>
    public AuthenticationTicket? Renewal { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie is deleted, because its session was over when the request began, or was refused in it.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Gets or sets a value indicating whether the session was over when the request began.</summary>
    public bool WasOver { get; set; }

    /// <summary>Gets or sets the number of sign-ins to the cookie in this process when the session was read (<see cref="SignInCounts"/>).</summary>
    public int SignInsBefore { get; set; }

    /// <summary>Gets or sets the session of the cookie that the application rejected, or that is being signed out of.</summary>
    public AuthenticationProperties? SessionToSignOut { get; set; }

    /// <summary>Gets or sets the session on the server that the request removed, as it was stored then.</summary>
    public AuthenticationProperties? Removed { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie is being authenticated for a sign-out only, so that no event of the application runs.</summary>
    public bool IsReadForSignOut { get; set; }

    /// <summary>Gets or sets the session that the application signed in, unless it also signed out of it.</summary>
    public IssuedSession? SignedIn { get; set; }

    /// <summary>Gets or sets the headers that this sign-in wrote to the response.</summary>
    public string?[] Written { get; set; } = [];

    /// <summary>Gets or sets the session that the application signed out of.</summary>
    public AuthenticationProperties? SignedOut { get; set; }

    /// <summary>Gets or sets a value indicating whether the application signed in or out, so that no renewal is written.</summary>
    public bool IsDecided { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the application's sign-in or sign-out is not written: a sign-in that would restore an ended session, or
    /// a sign-out of a session that another request ended, whose cookie may now be its successor's.
    /// </summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Gets or sets the attributes of the cookie during a sign-in to a session on the server.</summary>
    public CookieOptions? SigningIn { get; set; }

    /// <summary>Gets or sets the previous key, which the cookie handler reuses. It is not written.</summary>
    public string? ReusedKey { get; set; }

    /// <summary>Gets or sets the key that our own store created for a sign-in.</summary>
    public string? StoredKey { get; set; }

    /// <summary>Gets or sets a value indicating whether another delivery of the callback has begun the session on the server, whose key this request uses.</summary>
    public bool IsBegun { get; set; }

    /// <summary>Gets or sets the key of the session store that this request created.</summary>
    public string? FreshKey { get; set; }

    /// <summary>Gets or sets the keys of the sessions on the server that a sign-in replaces: they are removed when it has succeeded.</summary>
    public List<string>? ReplacedKeys { get; set; }

    /// <summary>Gets the keys of the session store that this request created and removed.</summary>
    public HashSet<string> RemovedKeys => field ??= new(StringComparer.Ordinal);

    /// <summary>Gets or sets the sessions that a sign-in replaces when it has succeeded.</summary>
    public List<Replacement>? Replacements { get; set; }

    /// <summary>Gets the sessions that this request ended or replaced.</summary>
    public HashSet<string> Over => _over ??= new(StringComparer.Ordinal);

    /// <summary>Returns a value indicating whether this request ended or replaced a session.</summary>
    public bool IsOver(string id) => _over?.Contains(id) is true;
}

/// <summary>A session that another sign-in to the same cookie replaces.</summary>
internal readonly record struct Replacement(SessionKey Session, string Successor, IssuedTicket Issued, AuthenticationProperties Ticket);
