namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// What the browser of a sign-in opens, and where it ends.
/// </summary>
public sealed class BinanceBrowserRequest
{
    /// <summary>
    /// Gets the URL of the authorization request. It has the state of the sign-in, and whoever knows that can end the sign-in, or finish
    /// it with an account of their own: it belongs neither in a log nor in the arguments of a process, which every user of the machine can read.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Gets the address to open by starting a process: it is on the loopback interface, and redirects to <see cref="Url"/> once.
    /// </summary>
    /// <value><see cref="Url"/> itself where the redirect URI is not on the loopback interface.</value>
    public required Uri LaunchUrl { get; init; }

    /// <summary>
    /// Gets the redirect URI, with its port.
    /// </summary>
    public required Uri RedirectUri { get; init; }

    /// <summary>
    /// Returns the redirect URI, and nothing secret.
    /// </summary>
    /// <returns>A text without any secret.</returns>
    public override string ToString() => $"A sign-in that returns to {RedirectUri}";
}
