using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Refuses cross-site requests (CSRF), by Fetch Metadata. A page of any site can make a browser on this machine send requests to the emulator: they
/// must not change its state or use up a scripted fault.
/// </summary>
internal sealed class SiteGuard(BinanceEmulatorOptions options)
{
    /// <returns>The reason for the refusal, or <see langword="null"/>.</returns>
    public string? Refuse(HttpRequest request, RouteKind kind)
    {
        var site = new RequestSite(request, options);
        return kind switch
        {
            RouteKind.Api => PassesApi(site)
                ? null
                : "A page of another origin sent this request. To let its scripts call this endpoint, add the origin to AllowedOrigins (--allow-origin).",

            // Only the consent page posts the consent form.
            _ when !IsRead(request) => RefuseOthers(site),

            // Applications redirect the browser's window here. By an image, a script or a frame the sign-in would be invisible to the user.
            RouteKind.Authorize => !site.IsPrefetch && (site.IsOwn || site.IsTopLevelNavigation || site.MayBeNavigation)
                ? null
                : "The authorize page can only be opened by a navigation of the browser's window, and not in a frame, by a script, as an image, or by a prefetch.",

            _ => site.IsOwn || site.IsTopLevelNavigation
                ? null
                : "A page of another site must not load this.",
        };
    }

    /// <summary>Checks a request to the control API, which pages of other sites must neither read nor change.</summary>
    /// <returns>The reason for the refusal, or <see langword="null"/>.</returns>
    public string? RefuseControl(HttpRequest request) => RefuseOthers(new RequestSite(request, options));

    private static string? RefuseOthers(RequestSite site) => site.IsOwn ? null : "A page of another site must not send this request.";

    private bool PassesApi(RequestSite site) => site.IsOwn || (site.Origin is { } origin && options.AllowedOrigins.Contains(origin));

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
