using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// The change of the session that a request to a page named "slow" has to write with its response.
/// </summary>
public enum Pending
{
    /// <summary>New tokens.</summary>
    Refresh,

    /// <summary>The new times of a sliding cookie.</summary>
    Slide,

    /// <summary>Both.</summary>
    RefreshAndSlide,

    /// <summary>A renewal that the application asks for (<see cref="CookieValidatePrincipalContext.ShouldRenew"/>).</summary>
    Renewal,
}

internal static class PendingSetup
{
    /// <summary>The end of a ticket that is not renewed, counted from its sign-in.</summary>
    public static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(80);

    /// <summary>The age of a session at which a request has this change to write: tokens are due at 55 minutes, a cookie slides after 40.</summary>
    public static TimeSpan Age(this Pending pending) => TimeSpan.FromMinutes(pending switch
    {
        Pending.Refresh or Pending.RefreshAndSlide => 56,
        Pending.Slide => 54,
        _ => 30,
    });

    /// <summary>
    /// Whether the response carries the session's cookie. A key stays as it is; a session on the server has its cookie written for the cookie's
    /// own times alone, which only a persistent one has.
    /// </summary>
    public static bool IsInCookie(this Pending pending, SessionPlace place, bool persistent = false) => place switch
    {
        SessionPlace.Cookie => true,
        SessionPlace.TicketStore => pending is not Pending.Refresh,
        _ => persistent && pending is not Pending.Refresh,
    };

    /// <summary>Sets up the change. With sessions on the server the cookie is persistent, because no other cookie slides.</summary>
    public static void Configure(this Pending pending, CookieAuthenticationOptions cookie, SessionPlace place)
    {
        pending.Configure(cookie);
        if (place is SessionPlace.Server)
        {
            cookie.Persist();
        }
    }

    public static void Configure(this Pending pending, CookieAuthenticationOptions cookie)
    {
        cookie.ExpireTimeSpan = TicketLife;
        cookie.SlidingExpiration = pending is Pending.Slide or Pending.RefreshAndSlide;
        if (pending is Pending.Renewal)
        {
            cookie.Events.OnValidatePrincipal = context =>
            {
                context.ShouldRenew = IsSlow(context);
                return Task.CompletedTask;
            };
        }
    }

    private static bool IsSlow(CookieValidatePrincipalContext context) => context.Request.Path.Value!.EndsWith("/slow", StringComparison.Ordinal);
}
