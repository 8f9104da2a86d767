using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Loopback;
using AspNet.Security.OAuth.Binance.Session;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// A sign-in from its beginning to its end: listen, open the browser, wait for the callback, exchange the code, show the last page.
/// </summary>
internal sealed class BrowserSignIn(SessionStore sessions, CodeExchanges exchanges, LoginSettings settings, ILogger logger)
{
    private TaskCompletionSource? _underWay;

    /// <summary>Completes when no sign-in is in progress.</summary>
    public Task EndAsync() => Volatile.Read(ref _underWay)?.Task ?? Task.CompletedTask;

    public async Task<BinanceLoginSession> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _underWay, end, null) is not null)
        {
            throw new BinanceAuthenticationException(BinanceFailure.SignInInProgress, "Another sign-in is in progress. Finish it, or cancel it.");
        }

        try
        {
            return await ListenAsync(new(), cancellationToken).ConfigureAwait(false);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.SignInFailed(logger, exception.Failure, exception.Message);
            throw;
        }
        finally
        {
            Volatile.Write(ref _underWay, null);
            end.SetResult();
        }
    }

    private async Task<BinanceLoginSession> ListenAsync(CallersContext caller, CancellationToken cancellationToken)
    {
        // A store that cannot be used fails before the browser is opened.
        await sessions.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!settings.IsLoopback)
        {
            var request = settings.NewRequest(settings.RedirectUri);
            var callback = await CallbackAsync(request, listener: null, caller, cancellationToken).ConfigureAwait(false);
            return await CompleteAsync(request, callback.Uri, cancellationToken).ConfigureAwait(false);
        }

        var listener = LoopbackListener.Start(new Uri(settings.RedirectUri), settings.LoopbackPorts, settings.Time);
        await using var _ = listener.ConfigureAwait(false);
        return await SignInAsync(listener, caller, cancellationToken).ConfigureAwait(false);
    }

    private async Task<BinanceLoginSession> SignInAsync(LoopbackListener listener, CallersContext caller, CancellationToken cancellationToken)
    {
        var request = settings.NewRequest(listener.RedirectUri.OriginalString);
        var callback = await CallbackAsync(request, listener, caller, cancellationToken).ConfigureAwait(false);
        BinanceFailure? failure = BinanceFailure.Unknown;
        try
        {
            var session = await CompleteAsync(request, callback.Uri, cancellationToken).ConfigureAwait(false);
            failure = null;
            return session;
        }
        catch (BinanceAuthenticationException exception)
        {
            failure = exception.Failure;
            throw;
        }
        finally
        {
            if (callback.IsLoopback && !cancellationToken.IsCancellationRequested)
            {
                await listener.ShowAsync(failure).ConfigureAwait(false);
            }
        }
    }

    private Task<BinanceLoginSession> CompleteAsync(BinanceAuthorizationRequest request, Uri callback, CancellationToken cancellationToken)
        => exchanges.Of(request, Callback.CodeOf(request, callback)).WaitAsync(cancellationToken);

    private async Task<(Uri Uri, bool IsLoopback)> CallbackAsync(
        BinanceAuthorizationRequest request, LoopbackListener? listener, CallersContext caller, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.SignInTimeout, settings.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var listening = listener?.WaitForCallbackAsync(callback => Callback.IsOf(request, callback), end.Token);
            var opening = OpenAsync(request, listener, caller, end.Token);
            Observe(opening);
            if (listening is not null)
            {
                Observe(listening);
            }

            if (await Task.WhenAny([opening, .. listening is null ? Array.Empty<Task>() : [listening]]).WaitAsync(end.Token).ConfigureAwait(false) == opening
                && await opening.ConfigureAwait(false) is { } returned)
            {
                return (returned, IsLoopback: false);
            }

            return listening is null
                ? throw new InvalidOperationException("The redirect URI is not on the loopback interface, and the browser did not return the callback. Use BeginSignIn and CompleteSignInAsync, or a browser that returns it.")
                : (await listening.ConfigureAwait(false), IsLoopback: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BinanceAuthenticationException(BinanceFailure.Abandoned, timeout.IsCancellationRequested
                ? "The sign-in was not finished in time. Sign in again."
                : "The browser was closed before the sign-in was finished. Sign in again.");
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<Uri?> OpenAsync(BinanceAuthorizationRequest request, LoopbackListener? listener, CallersContext caller, CancellationToken cancellationToken)
    {
        BinanceBrowserRequest open = new()
        {
            Url = request.Url,
            LaunchUrl = listener?.RedirectOnce(request.Url) ?? request.Url,
            RedirectUri = new Uri(request.RedirectUri),
        };
        try
        {
            return await caller.RunAsync(() =>
            {
                // The caller's thread may have been busy until the sign-in ended.
                cancellationToken.ThrowIfCancellationRequested();
                return settings.Browser.OpenAsync(open, cancellationToken);
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (BinanceAuthenticationException or OperationCanceledException))
        {
            throw new BinanceAuthenticationException(BinanceFailure.BrowserUnavailable, $"The browser could not be opened ({exception.GetType().Name}); the inner exception says why.", exception);
        }
    }

    // Observes the exception of a task that is not awaited any more.
    private static void Observe(Task task)
        => task.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
