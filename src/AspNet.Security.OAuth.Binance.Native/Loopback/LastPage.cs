namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// The last page of a sign-in. The browser requests it while the code is exchanged, and gets it once, when the sign-in has ended.
/// </summary>
internal sealed class LastPage(TimeProvider time)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<BinanceFailure?> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Connection? _held;
    private bool _isServed;

    /// <summary>Responds to a request for the page when the sign-in has ended.</summary>
    public async Task RespondAsync(Connection connection, RequestHead head)
    {
        if (!TryHold(connection))
        {
            await connection.SendAsync(Response.NotFound).ConfigureAwait(false);
            return;
        }

        await Task.WhenAny(_ending.Task, connection.Closed).ConfigureAwait(false);
        if (!TryServe(connection))
        {
            return;
        }

        try
        {
            var failure = await _ending.Task.ConfigureAwait(false);
            var words = PageWords.Of(head["Accept-Language"]);
            await connection.SendAsync(Page.Of("200 OK", words, words.Of(failure))).ConfigureAwait(false);
        }
        finally
        {
            _shown.TrySetResult();
        }
    }

    /// <summary>Sends the page, and waits for at most 5 seconds until the browser has it.</summary>
    public async Task ShowAsync(BinanceFailure? failure)
    {
        _ending.TrySetResult(failure);
        try
        {
            await _shown.Task.WaitAsync(_timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The browser did not request the page, for example because its window was closed.
        }
    }

    /// <summary>Ends the wait: no page will be sent.</summary>
    public void Close() => _shown.TrySetResult();

    // A later request replaces the earlier one: the user has reloaded the page.
    private bool TryHold(Connection connection)
    {
        lock (_lock)
        {
            if (_isServed)
            {
                return false;
            }

            connection.IsHeld = true;
            _held?.Dispose();
            _held = connection;
            return true;
        }
    }

    private bool TryServe(Connection connection)
    {
        lock (_lock)
        {
            if (_held != connection)
            {
                return false;
            }

            _held = null;
            return _isServed = !connection.HasClosed;
        }
    }
}
