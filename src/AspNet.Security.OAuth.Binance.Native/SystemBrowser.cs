using AspNet.Security.OAuth.Binance.Browsers;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The default browser of the system: Windows, macOS, Linux (<c>xdg-open</c>) and WSL. The arguments of the process that opens it contain
/// <see cref="BinanceBrowserRequest.LaunchUrl"/>, and no secret.
/// </summary>
public class SystemBrowser : IBinanceBrowser
{
    /// <summary>
    /// Gets the delegate that is called when no browser can be opened, as over SSH and in a container: the application shows <see cref="BinanceBrowserRequest.Url"/>,
    /// and may let the user paste the address at which the browser ended.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the sign-in fails (<see cref="BinanceFailure.BrowserUnavailable"/>). The result is the pasted address, or
    /// <see langword="null"/> to wait for the callback at the loopback redirect URI.
    /// </value>
    public Func<BinanceBrowserRequest, CancellationToken, Task<Uri?>>? WithoutBrowser { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The address is neither https nor on the loopback interface. The system might run it as a program.</exception>
    public virtual async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var url = request.LaunchUrl;
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && (url.Scheme != Uri.UriSchemeHttp || !url.IsLoopback)))
        {
            throw new ArgumentException($"The {nameof(BinanceBrowserRequest.LaunchUrl)} is neither https nor http on the loopback interface.", nameof(request));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await Openers.OpenAsync(url, cancellationToken).ConfigureAwait(false) switch
        {
            null => null,
            _ when WithoutBrowser is { } show => await show(request, cancellationToken).ConfigureAwait(false),
            var reason => throw new BinanceAuthenticationException(
                BinanceFailure.BrowserUnavailable,
                $"No browser was opened: {reason}. Set {nameof(SystemBrowser)}.{nameof(WithoutBrowser)} to let the user open the address."),
        };
    }
}
