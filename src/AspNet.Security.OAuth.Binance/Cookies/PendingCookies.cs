using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The feature of a request that has something to write to its cookies, or to remember about them. It is created at the first such
/// thing, which for most requests never comes.
/// </summary>
internal sealed class PendingCookies
{
    // Nearly always one cookie and one sign-in.
    private readonly List<PendingCookie> _cookies = new(1);
    private List<(AuthenticationProperties Properties, string Id)>? _sessionIds;
    private List<SessionUnderValidation>? _validating;
    private TimeSpan _waited;

    public IReadOnlyList<PendingCookie> Cookies => _cookies;

    /// <summary>Gets the id of the session that the sign-in of this request begins, if it is a callback.</summary>
    public string? SignInId { get; private set; }

    /// <summary>Gets the access token that the code was exchanged for: with the id, what all deliveries of the callback know, and nobody else.</summary>
    public string? SignInToken { get; private set; }

    /// <summary>Gets what the request has signed out of. Few do.</summary>
    public PendingEnds Ends => field ??= new();

    /// <summary>Gets the events that were resolved from the container: one object per request and cookie, as the cookie handler has it.</summary>
    public Dictionary<BinanceCookieEvents, CookieAuthenticationEvents> Events => field ??= [];

    /// <summary>Gets or sets a value indicating whether the request has signed a user in with a ticket that holds no tokens.</summary>
    public bool HasSignedInWithoutTokens { get; set; }

    /// <summary>Gets or sets a value indicating whether the start of the response writes the cookies.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Returns a value indicating whether the request signed somebody in to a cookie.</summary>
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

    /// <summary>Waits for tokens or for a store, which counts for <see cref="LeftOf"/>.</summary>
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

    /// <summary>Returns what is left of a time after all that the request has waited for tokens and stores.</summary>
    public TimeSpan LeftOf(TimeSpan longest) => longest > _waited ? longest - _waited : TimeSpan.Zero;

    /// <summary>Waits for what ends a session or a login, as long as is left of the time of a sign-out.</summary>
    /// <returns><see langword="false"/> if it takes longer, and goes on by itself.</returns>
    public async Task<bool> WaitWithinAsync(Task ending, BinanceAuthenticationOptions options)
    {
        try
        {
            await WaitAsync(() => ending.WaitAsync(LeftOf(options.RevocationTimeout), options.Clock), options.Clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The request is a callback: however often it is delivered, it begins this session.</summary>
    public void Begin(string? id, string? accessToken) => (SignInId, SignInToken) = (id, accessToken);

    /// <summary>Returns when the session of a ticket expires, as this request leaves it.</summary>
    public static DateTimeOffset? ExpiryOf(HttpContext context, AuthenticationProperties properties)
    {
        var cookie = Find(context)?._cookies.Find(cookie => ReferenceEquals(cookie.Session?.Properties, properties));
        var renewed = cookie?.Renewal?.Properties ?? (cookie is { Slides: true } ? properties : null);
        return renewed is { IssuedUtc: { } begins, ExpiresUtc: { } ends } ? cookie!.RequestedAt + (ends - begins) : properties.ExpiresUtc;
    }

    /// <summary>Returns what is pending for the cookie of a scheme, if anything is.</summary>
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

    /// <summary>Returns what is pending for the cookie of a scheme.</summary>
    public PendingCookie Cookie(string scheme, CookieAuthenticationOptions options)
    {
        if (Find(scheme) is not { } cookie)
        {
            _cookies.Add(cookie = new PendingCookie(scheme, options));
        }

        return cookie;
    }

    /// <summary>
    /// Returns the session id with which these properties came into the request. A sign-in writes a new id into the caller's object, which
    /// may be that of another cookie's cached result.
    /// </summary>
    public string? SessionIdOf(AuthenticationProperties properties)
        => _sessionIds?.Find(known => ReferenceEquals(known.Properties, properties)) is { Properties: not null } kept ? kept.Id : IssuedTickets.SessionId(properties);

    /// <summary>Remembers the session id of properties before a sign-in overwrites it.</summary>
    public void KeepSessionId(AuthenticationProperties properties)
    {
        if (IssuedTickets.SessionId(properties) is { } id && _sessionIds?.Exists(known => ReferenceEquals(known.Properties, properties)) is not true)
        {
            (_sessionIds ??= []).Add((properties, id));
        }
    }

    /// <summary>
    /// Returns the sessions that an application's own events are validating. An application may sign out while it validates: the
    /// framework's documentation shows it, and Identity's security stamp does it. To authenticate the cookie at that moment would
    /// validate it again, or wait for itself.
    /// </summary>
    public static IReadOnlyList<SessionUnderValidation> SessionsUnderValidation(HttpContext context)
        => Find(context)?._validating is { } validating ? validating : [];

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

    /// <summary>Remembers a session until the application's event is over.</summary>
    public static SessionUnderValidation Validating(HttpContext context, string cookieScheme, AuthenticationProperties properties)
    {
        var validating = Of(context)._validating ??= [];
        var session = new SessionUnderValidation(validating, cookieScheme, properties);
        validating.Insert(0, session);
        return session;
    }

    /// <summary>A session whose cookie an application's event is validating; the innermost is the first of the list.</summary>
    internal sealed class SessionUnderValidation(List<SessionUnderValidation> all, string cookieScheme, AuthenticationProperties properties) : IDisposable
    {
        public string CookieScheme => cookieScheme;

        public AuthenticationProperties Properties => properties;

        public void Dispose() => all.Remove(this);
    }
}

/// <summary>What is pending for one cookie.</summary>
internal sealed class PendingCookie(string scheme, CookieAuthenticationOptions options)
{
    private HashSet<string>? _over;

    public string Scheme => scheme;

    public CookieAuthenticationOptions Options => options;

    /// <summary>Gets or sets the session that was validated, if one of its renewals is pending.</summary>
    public IssuedSession? Session { get; set; }

    /// <summary>Gets or sets the time at which the renewal was requested.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>Gets or sets the tokens that a refresh brought, if the cookie has to carry them.</summary>
    public BinanceTokens? Refreshed { get; set; }

    /// <summary>Gets or sets the refresh that this request joined. The response waits for it, if the request did not wait to its end.</summary>
    public RefreshCall? Refreshing { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie goes on without tokens, because Binance refused to refresh them.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie slides.</summary>
    public bool Slides { get; set; }

    /// <summary>Gets or sets the ticket that the application asked to renew, as it was at that time.</summary>
    public AuthenticationTicket? Renewal { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie is deleted, because its session was over when the request began, or was refused in it.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Gets or sets a value indicating whether the session was over when the request began.</summary>
    public bool WasOver { get; set; }

    /// <summary>Gets or sets the session that was found in the cookie when the application rejected it, or when it was signed out of.</summary>
    public AuthenticationProperties? Found { get; set; }

    /// <summary>Gets or sets a value indicating whether the cookie is being read for a sign-out, so that no event of the application runs.</summary>
    public bool IsRead { get; set; }

    /// <summary>Gets or sets the session that the application signed in, unless it signed out of it again.</summary>
    public IssuedSession? SignedIn { get; set; }

    /// <summary>Gets or sets what that sign-in wrote to the response.</summary>
    public string?[] Written { get; set; } = [];

    /// <summary>Gets or sets the session that the application signed out of.</summary>
    public AuthenticationProperties? SignedOut { get; set; }

    /// <summary>Gets or sets a value indicating whether the application signed in or out, so that no renewal is written.</summary>
    public bool IsDecided { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether what the application did is withdrawn: a sign-in that would bring an ended session back, or
    /// a sign-out of a session that ended elsewhere, whose cookie may be that of its successor by now.
    /// </summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Gets or sets the attributes of the cookie while a sign-in to sessions on the server is under way.</summary>
    public CookieOptions? SigningIn { get; set; }

    /// <summary>Gets or sets the key that was there before and that the cookie handler goes on with. It is not written.</summary>
    public string? ReusedKey { get; set; }

    /// <summary>Gets or sets the key that our own store gave a sign-in.</summary>
    public string? StoredKey { get; set; }

    /// <summary>Gets or sets a value indicating whether another delivery of the callback has begun the session on the server, whose key this one got.</summary>
    public bool IsBegun { get; set; }

    /// <summary>Gets or sets the key of the session store that this request made.</summary>
    public string? FreshKey { get; set; }

    /// <summary>Gets or sets the keys of sessions on the server whose cookie a sign-in takes: they are removed when it has succeeded.</summary>
    public List<string>? ReplacedKeys { get; set; }

    /// <summary>Gets the keys of the session store that this request made and removed.</summary>
    public HashSet<string> DeadKeys => field ??= new(StringComparer.Ordinal);

    /// <summary>Gets or sets the sessions that a sign-in replaces when it has succeeded.</summary>
    public List<Replacement>? Replacements { get; set; }

    /// <summary>Gets the sessions that this request ended or replaced.</summary>
    public HashSet<string> Over => _over ??= new(StringComparer.Ordinal);

    /// <summary>Returns a value indicating whether this request ended or replaced a session.</summary>
    public bool IsOver(string id) => _over?.Contains(id) is true;
}

/// <summary>A session whose cookie another sign-in takes.</summary>
internal readonly record struct Replacement(SessionKey Session, string Successor, IssuedTicket Issued, AuthenticationProperties Ticket);
