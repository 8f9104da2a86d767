using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Options of the sessions on the server.
/// </summary>
public sealed class BinanceServerSessionsOptions
{
    /// <summary>
    /// Gets or sets the path on this site of the page for a request with a session cookie while the sessions cannot be read. The application executes it in
    /// the same request, as for an anonymous user, with the status 503 and <c>Retry-After</c>. Requests for styles, images and fonts, by their <c>Sec-Fetch-Dest</c>,
    /// are then anonymous as well. With <c>UsePathBase</c> the path includes that base.
    /// </summary>
    /// <value>The default is unset: the response is a line of plain text.</value>
    public PathString UnavailablePath { get; set; }

    /// <summary>
    /// Gets or sets the time after which a session ends, counted from the user's sign-in, regardless of sliding expiration.
    /// </summary>
    /// <value>The default is 400 days: browsers keep no cookie longer than that after it was written. At most 3,650 days.</value>
    public TimeSpan MaximumLifetime { get; set; } = TimeSpan.FromDays(400);
}
