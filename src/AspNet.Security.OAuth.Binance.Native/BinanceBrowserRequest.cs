namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The URL that the browser of a sign-in opens, and the redirect URI.
/// </summary>
public sealed class BinanceBrowserRequest
{
    /// <summary>
    /// Gets the URL of the authorization request. It contains the state of the sign-in, with which an attacker can end the sign-in, or complete
    /// it with another account: do not write it to a log or into the arguments of a process, which every user of the machine can read.
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
    /// Returns the redirect URI, without any secret.
    /// </summary>
    /// <returns>A text without any secret.</returns>
    public override string ToString() => $"A sign-in that returns to {RedirectUri}";
}
