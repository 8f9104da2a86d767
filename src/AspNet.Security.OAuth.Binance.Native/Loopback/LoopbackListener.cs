using System.Buffers.Text;
using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// Listens at a loopback redirect URI during one sign-in (RFC 8252 section 7.3). Requests for anything but the start address, the
/// callback and the last page get 404.
/// </summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private const int Waiting = 0;
    private const int Accepted = 1;
    private const int Stopped = 2;

    private readonly string _startPath = $"/start/{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
    private readonly string _lastPath;
    private readonly TaskCompletionSource<Uri> _callback = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LastPage _lastPage;
    private readonly LoopbackServer _server;
    private Func<Uri, bool>? _isExpected;
    private Uri? _startUrl;
    private int _state;
    private int _isStarted;

    private LoopbackListener(Uri redirectUri, IEnumerable<int> ports, TimeProvider time)
    {
        (var listeners, RedirectUri) = LoopbackPorts.Listen(redirectUri, ports);
        _lastPath = RedirectUri.AbsolutePath.TrimEnd('/') + "/done";
        _lastPage = new(time);
        _server = new(listeners, RespondAsync, time);
    }

    /// <summary>Gets the redirect URI, with the port that is listened to. Its original string has to be sent, because servers compare redirect URIs as strings.</summary>
    public Uri RedirectUri { get; }

    private string Origin => $"http://{RedirectUri.Authority}";

    /// <summary>Starts to listen.</summary>
    /// <param name="redirectUri">A loopback redirect URI. Its port counts unless it is 80, the default of http.</param>
    /// <param name="ports">The ports to try if the URI has none. If empty, the system chooses one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BinanceAuthenticationException">No port is free (<see cref="BinanceFailure.PortUnavailable"/>).</exception>
    public static LoopbackListener Start(Uri redirectUri, IEnumerable<int> ports, TimeProvider time) => new(redirectUri, ports, time);

    /// <summary>
    /// Returns an address that redirects to <paramref name="url"/> once. Every user of a machine can read the arguments of its processes. With the
    /// authorization request in them, another user could complete the sign-in with another account, which the proof key does not prevent
    /// (login CSRF, RFC 6749 section 10.12).
    /// </summary>
    public Uri RedirectOnce(Uri url)
    {
        Volatile.Write(ref _startUrl, url);
        return At(_startPath);
    }

    /// <summary>Waits for the callback, and redirects the browser to the last page, whose response is sent by <see cref="ShowAsync"/>.</summary>
    /// <param name="isExpected">Whether a callback belongs to this sign-in.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="BinanceAuthenticationException">The address of <see cref="RedirectOnce"/> was requested twice (<see cref="BinanceFailure.InvalidState"/>).</exception>
    public Task<Uri> WaitForCallbackAsync(Func<Uri, bool> isExpected, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isExpected, isExpected);
        return _callback.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Shows the outcome of the sign-in, waits for at most 5 seconds until the browser has the page, and closes the port.</summary>
    /// <param name="failure">The failure, or <see langword="null"/> if the user is signed in.</param>
    public async Task ShowAsync(BinanceFailure? failure)
    {
        if (Volatile.Read(ref _state) is Accepted)
        {
            await _lastPage.ShowAsync(failure).ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _callback.TrySetCanceled();
        _lastPage.Close();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    // The Host header is checked as well: a site whose name resolves to this machine must not reach the listener (DNS rebinding).
    private Task RespondAsync(Connection connection, RequestHead head)
    {
        var isForUs = head.Method is "GET" && RedirectUri.Authority.Equals(head["Host"], StringComparison.OrdinalIgnoreCase);
        Func<Connection, RequestHead, Task>? respond = (isForUs, Volatile.Read(ref _state)) switch
        {
            (true, Waiting) when head.Target == _startPath => StartAsync,
            (true, Waiting) when head.Path == RedirectUri.AbsolutePath => CallbackAsync,
            (true, Accepted) when head.Target == _lastPath && head.IsForWindow => _lastPage.RespondAsync,
            _ => null,
        };
        return respond is null ? connection.SendAsync(Response.NotFound)
            : head.IsPrefetch ? connection.SendAsync(Response.Unavailable)
            : respond(connection, head);
    }

    private async Task StartAsync(Connection connection, RequestHead head)
    {
        if (Volatile.Read(ref _startUrl) is { } url && Interlocked.Exchange(ref _isStarted, 1) is 0)
        {
            await connection.SendAsync(Response.Redirect(url)).ConfigureAwait(false);
            return;
        }

        // The first request may have come from another user, who read the address in the list of processes, and now has the state.
        if (!TryTransition(Stopped))
        {
            await connection.SendAsync(Response.NotFound).ConfigureAwait(false);
            return;
        }

        try
        {
            var words = PageWords.Of(head["Accept-Language"]);
            await connection.SendAsync(Page.Of("410 Gone", words, words.OpenedTwice)).ConfigureAwait(false);
        }
        finally
        {
            // After the page, because the waiting caller closes the connection.
            _callback.TrySetException(new BinanceAuthenticationException(
                BinanceFailure.InvalidState,
                "The sign-in was stopped, because the address that the browser was opened with was requested twice. Another user of this machine may have requested it. Sign in again."));
        }
    }

    private async Task CallbackAsync(Connection connection, RequestHead head)
    {
        if (!Uri.TryCreate(Origin + head.Target, UriKind.Absolute, out var callback) || Volatile.Read(ref _isExpected)?.Invoke(callback) is not true)
        {
            var words = PageWords.Of(head["Accept-Language"]);
            await connection.SendAsync(Page.Of("400 Bad Request", words, words.Unexpected)).ConfigureAwait(false);
        }
        else if (TryTransition(Accepted))
        {
            _callback.TrySetResult(callback);
            await connection.SendAsync(Response.Redirect(At(_lastPath))).ConfigureAwait(false);
        }
        else
        {
            await connection.SendAsync(Response.NotFound).ConfigureAwait(false);
        }
    }

    // Of concurrent callbacks, one is accepted.
    private bool TryTransition(int state) => Interlocked.CompareExchange(ref _state, state, Waiting) is Waiting;

    private Uri At(string path) => new(Origin + path);
}
