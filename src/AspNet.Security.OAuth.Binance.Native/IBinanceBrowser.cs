namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Opens the browser of a sign-in: an extension point for platforms and for tests. It has to be a browser outside of the
/// application, never a web view, in which the application could read the user's password (RFC 8252 section 8.12).
/// </summary>
public interface IBinanceBrowser
{
    /// <summary>
    /// Opens the browser, and returns the callback if the platform returns it to the application, as mobile platforms do. It is called in the
    /// synchronization context of <see cref="BinanceLogin.SignInAsync"/>'s caller, such as the thread of a user interface; without one, on a thread of the pool.
    /// </summary>
    /// <param name="request">What to open.</param>
    /// <param name="cancellationToken">Cancelled, on any thread, when the sign-in has ended in any way.</param>
    /// <returns>
    /// The URL that the browser returned to, or <see langword="null"/> if the browser was opened and the callback arrives at the loopback
    /// redirect URI. A sign-in at a loopback redirect URI accepts the first callback of either kind.
    /// </returns>
    /// <exception cref="BinanceAuthenticationException">The browser could not be opened (<see cref="BinanceFailure.BrowserUnavailable"/>).</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled. Thrown without that, it means that the user closed the browser's window (<see cref="BinanceFailure.Abandoned"/>).
    /// </exception>
    Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken);
}
