namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The kind of a route. <see cref="SiteGuard"/> allows requests by it.</summary>
internal enum RouteKind
{
    /// <summary>The authorize page, to which applications send browsers, and the POST of its form.</summary>
    Authorize,

    /// <summary>The token, user-info and revocation endpoints, for programs and for scripts of the allowed origins.</summary>
    Api,

    /// <summary>The status page, which requires the control key while other machines are allowed.</summary>
    StatusPage,

    /// <summary>Style sheet, icon, and every unknown path of an emulator with its own host.</summary>
    Page,
}
