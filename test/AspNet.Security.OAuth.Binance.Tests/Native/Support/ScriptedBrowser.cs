using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A platform's browser that returns the callback. A test scripts the user.
/// </summary>
internal sealed class ScriptedBrowser : IBinanceBrowser, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Lock _lock = new();
    private readonly List<BinanceBrowserRequest> _opened = [];
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The account that the user chooses.</summary>
    public string UserId { get; set; } = BinanceEmulatorDefaults.UserId;

    /// <summary>Replaces the sign-in.</summary>
    public Func<BinanceBrowserRequest, CancellationToken, Task<Uri?>>? OnOpen { get; set; }

    /// <summary>The request of each sign-in.</summary>
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

    /// <summary>The cancellation token of the last sign-in's browser.</summary>
    public CancellationToken CloseRequested { get; private set; }

    /// <summary>Waits until the browser was opened this many times.</summary>
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
            CloseRequested = cancellationToken;
            _opened.Add(request);
            (open, _open) = (_open, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        open.SetResult();
        return OnOpen is { } onOpen ? onOpen(request, cancellationToken) : SignInAsync(request.Url);
    }

    /// <summary>Signs in at the authorize page, and returns the redirect.</summary>
    public async Task<Uri?> SignInAsync(Uri url) => await GetRedirectAsync($"{url.OriginalString}&emulator_user={UserId}").ConfigureAwait(false);

    /// <summary>Cancels on the authorize page.</summary>
    public async Task<Uri?> CancelAsync(Uri url) => await GetRedirectAsync($"{url.OriginalString}&emulator_decision=deny").ConfigureAwait(false);

    /// <summary>Leaves the window open until the sign-in ends.</summary>
    public static Task<Uri?> StayOpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
        => new TaskCompletionSource<Uri?>().Task.WaitAsync(cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<Uri?> GetRedirectAsync(string url)
    {
        using var response = await _http.GetAsync(new Uri(url), TestTimeout.Token).ConfigureAwait(false);
        return response.Headers.Location ?? throw new InvalidOperationException($"The authorize page: HTTP {(int)response.StatusCode}.");
    }
}
