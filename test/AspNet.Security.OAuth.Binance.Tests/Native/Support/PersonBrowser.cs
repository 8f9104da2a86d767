using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A platform's browser that hands the callback over, and the person in front of it.
/// </summary>
internal sealed class PersonBrowser : IBinanceBrowser, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Lock _lock = new();
    private readonly List<BinanceBrowserRequest> _opened = [];
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The account that the person chooses.</summary>
    public string UserId { get; set; } = BinanceEmulatorDefaults.UserId;

    /// <summary>What happens in place of signing in.</summary>
    public Func<BinanceBrowserRequest, CancellationToken, Task<Uri?>>? Instead { get; set; }

    /// <summary>What each sign-in opened.</summary>
    public IReadOnlyList<BinanceBrowserRequest> Opened
    {
        get
        {
            lock (_lock)
            {
                return [.. _opened];
            }
        }
    }

    /// <summary>What tells the browser of the last sign-in that it is over.</summary>
    public CancellationToken Over { get; private set; }

    /// <summary>Waits until a browser was opened so many times.</summary>
    public async Task OpenedAsync(int count)
    {
        while (true)
        {
            Task open;
            lock (_lock)
            {
                if (_opened.Count >= count)
                {
                    return;
                }

                open = _open.Task;
            }

            await open.WaitAsync(TestTimeout.Token);
        }
    }

    public Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        TaskCompletionSource open;
        lock (_lock)
        {
            Over = cancellationToken;
            _opened.Add(request);
            (open, _open) = (_open, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        open.SetResult();
        return Instead is { } instead ? instead(request, cancellationToken) : SignInAsync(request.Url);
    }

    /// <summary>Signs in at the authorize page, and returns where the browser is sent.</summary>
    public async Task<Uri?> SignInAsync(Uri url) => await GoAsync($"{url.OriginalString}&emulator_user={UserId}").ConfigureAwait(false);

    /// <summary>Cancels on the authorize page.</summary>
    public async Task<Uri?> CancelAsync(Uri url) => await GoAsync($"{url.OriginalString}&emulator_decision=deny").ConfigureAwait(false);

    /// <summary>Leaves the window open until the sign-in is over.</summary>
    public static Task<Uri?> StayAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        => new TaskCompletionSource<Uri?>().Task.WaitAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<Uri?> GoAsync(string url)
    {
        using var response = await _http.GetAsync(new Uri(url), TestTimeout.Token).ConfigureAwait(false);
        return response.Headers.Location ?? throw new InvalidOperationException($"The authorize page: HTTP {(int)response.StatusCode}.");
    }
}
