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

    /// <summary>Completes when no sign-in is under way any more.</summary>
    public Task EndAsync() => Volatile.Read(ref _underWay)?.Task ?? Task.CompletedTask;

    public async Task<BinanceLoginSession> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _underWay, end, null) is not null)
        {
            throw new BinanceAuthenticationException(BinanceFailure.SignInInProgress, "Another sign-in is under way. Finish it, or cancel it.");
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
        // A store that cannot be used is found before the user is asked for anything.
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
            if (callback.IsHere && !cancellationToken.IsCancellationRequested)
            {
                await listener.ShowAsync(failure).ConfigureAwait(false);
            }
        }
    }

    private Task<BinanceLoginSession> CompleteAsync(BinanceAuthorizationRequest request, Uri callback, CancellationToken cancellationToken)
        => exchanges.Of(request, Callback.CodeOf(request, callback)).WaitAsync(cancellationToken);

    private async Task<(Uri Uri, bool IsHere)> CallbackAsync(
        BinanceAuthorizationRequest request, LoopbackListener? listener, CallersContext caller, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.SignInTimeout, settings.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var here = listener?.WaitForCallbackAsync(callback => Callback.IsOf(request, callback), end.Token);
            var there = OpenAsync(request, listener, caller, end.Token);
            Observe(there);
            if (here is not null)
            {
                Observe(here);
            }

            if (await Task.WhenAny([there, .. here is null ? Array.Empty<Task>() : [here]]).WaitAsync(end.Token).ConfigureAwait(false) == there
                && await there.ConfigureAwait(false) is { } returned)
            {
                return (returned, IsHere: false);
            }

            return here is null
                ? throw new InvalidOperationException("The redirect URI is not on the loopback interface, and the browser did not return the callback. Use BeginSignIn and CompleteSignInAsync, or a browser that returns it.")
                : (await here.ConfigureAwait(false), IsHere: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BinanceAuthenticationException(BinanceFailure.Abandoned, timeout.IsCancellationRequested
                ? "Nobody finished the sign-in in time."
                : "The browser was closed before the sign-in was finished.");
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
                // The caller's thread may have been busy until the sign-in was over.
                cancellationToken.ThrowIfCancellationRequested();
                return settings.Browser.OpenAsync(open, cancellationToken);
            }).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (BinanceAuthenticationException or OperationCanceledException))
        {
            throw new BinanceAuthenticationException(BinanceFailure.BrowserUnavailable, $"The browser could not be opened ({exception.GetType().Name}).", exception);
        }
    }

    // A failure that nobody waits for any more is no unobserved exception.
    private static void Observe(Task task)
        => task.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
