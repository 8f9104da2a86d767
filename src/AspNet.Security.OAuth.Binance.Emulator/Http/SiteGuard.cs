using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Which page's requests pass (cross-site request forgery; Fetch Metadata). A page of any site can make a browser on this machine send
/// requests to it: they must neither change the emulator nor use up a scripted fault.
/// </summary>
internal sealed class SiteGuard(BinanceEmulatorOptions options)
{
    /// <returns>Why the request is refused, or <see langword="null"/>.</returns>
    public string? Refuse(HttpRequest request, RouteKind kind)
    {
        var site = new RequestSite(request, options);
        return kind switch
        {
            RouteKind.Api => PassesApi(site)
                ? null
                : "A page of another origin sent this request. To let its scripts call this endpoint, add the origin to AllowedOrigins (--allow-origin).",

            // The consent form is posted by the consent page alone.
            _ when !IsRead(request) => RefuseOthers(site),

            // An application sends the browser's window here. Images, scripts and frames would sign in without anybody seeing it.
            RouteKind.Authorize => !site.IsPrefetch && (site.IsOwn || site.IsTopLevelNavigation || site.MayBeNavigation)
                ? null
                : "The authorize page is opened by a navigation of the browser's window, and not in a frame, by a script, as an image, or in advance.",

            _ => site.IsOwn || site.IsTopLevelNavigation
                ? null
                : "A page of another site cannot load this.",
        };
    }

    /// <summary>The rule of the control API, whose state no other page may read or change.</summary>
    /// <returns>Why the request is refused, or <see langword="null"/>.</returns>
    public string? RefuseControl(HttpRequest request) => RefuseOthers(new RequestSite(request, options));

    private static string? RefuseOthers(RequestSite site) => site.IsOwn ? null : "A page of another site cannot send this.";

    private bool PassesApi(RequestSite site) => site.IsOwn || (site.Origin is { } origin && options.AllowedOrigins.Contains(origin));

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
