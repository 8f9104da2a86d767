namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Opens the browser of a sign-in: the seam for a platform's own way to do so, and for tests. It has to be a browser outside of the
/// application, never a web view, in which the application could read the user's password (RFC 8252 section 8.12).
/// </summary>
public interface IBinanceBrowser
{
    /// <summary>
    /// Opens the browser, and returns the callback if this browser hands it over, as that of a mobile platform does. It is called in the
    /// synchronization context of <see cref="BinanceLogin.SignInAsync"/>'s caller, such as the thread of a user interface; without one, on a thread of the pool.
    /// </summary>
    /// <param name="request">What to open.</param>
    /// <param name="cancellationToken">Is cancelled when the sign-in is over, however it ended, on any thread.</param>
    /// <returns>
    /// The URL that the browser returned to, or <see langword="null"/> if the browser was opened and the callback arrives at the loopback
    /// redirect URI. A sign-in at a loopback redirect URI accepts the callback from whichever is first.
    /// </returns>
    /// <exception cref="BinanceAuthenticationException">The browser could not be opened (<see cref="BinanceFailure.BrowserUnavailable"/>).</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled. Thrown without that, it means that the user closed the browser's window (<see cref="BinanceFailure.Abandoned"/>).
    /// </exception>
    Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken);
}
