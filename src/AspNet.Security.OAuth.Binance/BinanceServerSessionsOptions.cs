using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// How sessions are kept on the server.
/// </summary>
public sealed class BinanceServerSessionsOptions
{
    /// <summary>
    /// Gets or sets the path on this site of the page that a request with a session cookie gets while the sessions cannot be read. It is made in
    /// the same request, with the status 503 and <c>Retry-After</c>, and as for an anonymous visitor. Styles, images and fonts, by the <c>Sec-Fetch-Dest</c> of their
    /// request, are then served as to one, too. With <c>UsePathBase</c> the path includes that base.
    /// </summary>
    /// <value>The default is unset: the response is a line of plain text.</value>
    public PathString UnavailablePath { get; set; }

    /// <summary>
    /// Gets or sets the time after which a session ends, counted from the user's sign-in, however often it slid.
    /// </summary>
    /// <value>The default is 400 days: browsers keep no cookie longer than that after it was written. At most 3,650 days.</value>
    public TimeSpan MaximumLifetime { get; set; } = TimeSpan.FromDays(400);
}
