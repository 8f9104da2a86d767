namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Whom a route is for, which decides who may request it: <see cref="SiteGuard"/>.</summary>
internal enum RouteKind
{
    /// <summary>The authorize page, to which applications send browsers, and the POST of its form.</summary>
    Authorize,

    /// <summary>The token, user-info and revocation endpoints, which programs call, and scripts of the allowed origins.</summary>
    Api,

    /// <summary>The status page, which is for those who have the control key while other machines are let in.</summary>
    StatusPage,

    /// <summary>Style sheet, icon, and every unknown path of an emulator with its own host.</summary>
    Page,
}
