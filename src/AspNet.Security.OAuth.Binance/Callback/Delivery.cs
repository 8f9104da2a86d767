using System.Runtime.ExceptionServices;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// One delivery of a callback: a feature of its request. It is not part of the handler, because the framework creates a handler for
/// every request of the site.
/// </summary>
internal sealed class Delivery
{
    private readonly CancellationToken _aborted;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _started;

    private ExceptionDispatchInfo? _cancellation;

    private Delivery(HttpContext context, BinanceAuthenticationOptions options)
        => (_aborted, _time, _timeout, _started) = (context.RequestAborted, options.Clock, options.BackchannelTimeout, options.Clock.GetTimestamp());

    /// <summary>Gets or sets the state of the callback, as the browser sent it.</summary>
    public string State { get; set; } = string.Empty;

    /// <summary>Gets or sets a value indicating whether the browser sent the correlation cookie.</summary>
    public bool IsOfThisBrowser { get; set; }

    /// <summary>
    /// Gets a value that only deliveries of the same browser share. A derived handler may accept deliveries of other browsers, which share no exchange.
    /// </summary>
    public string Binding => IsOfThisBrowser ? State : Guid.NewGuid().ToString();

    /// <summary>Gets or sets the address that the user wanted to open, if the state is genuine.</summary>
    public string? ReturnUrl { get; set; }

    /// <summary>Gets the exchange of the code of this callback, once it has begun.</summary>
    public CodeExchange? Exchange { get; private set; }

    /// <summary>Gets or sets a value indicating whether the user is known, and remains to be signed in.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Gets or sets a value indicating whether a user was signed in, rather than rejected by the application.</summary>
    public bool IsSignedIn { get; set; }

    /// <summary>Gets or sets a value indicating whether the browser got a session although the sign-in failed.</summary>
    public bool HasCookie { get; set; }

    /// <summary>Gets or sets the kind of failure.</summary>
    public BinanceFailure? Failure { get; set; }

    /// <summary>Gets a value indicating whether the request was aborted during the sign-in.</summary>
    public bool IsAborted => _cancellation is not null;

    public static Delivery? Find(HttpContext context) => context.Features.Get<Delivery>();

    public static Delivery Of(HttpContext context, BinanceAuthenticationOptions options)
    {
        if (Find(context) is not { } delivery)
        {
            context.Features.Set(delivery = new(context, options));
        }

        return delivery;
    }

    public CodeExchange Join(CodeExchange exchange)
    {
        Exchange?.EndDelivery(isCollected: false);
        return Exchange = exchange;
    }

    /// <summary>Waits for a call that continues without this delivery. The token request and user-info share one deadline.</summary>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public Task<T> WaitAsync<T>(Task<T> call)
    {
        var remaining = _timeout - _time.GetElapsedTime(_started);
        return call.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _time, _aborted);
    }

    /// <summary>Returns a value indicating whether the wait ended because the deadline, or the time limit of the call itself, has passed.</summary>
    public bool IsLate(Exception exception)
        => exception is TimeoutException || (exception is OperationCanceledException && !_aborted.IsCancellationRequested);

    /// <summary>Returns the failure of a delivery whose deadline has passed.</summary>
    public static BinanceAuthenticationException Late(string call, bool isQueued = false) => isQueued
        ? new(BinanceFailure.Unavailable, $"Binance's {call}: too many sign-ins are waiting.")
        : new(BinanceFailure.Timeout, $"Binance's {call}: no complete response in time.");

    public void Abort(OperationCanceledException cancellation) => _cancellation = ExceptionDispatchInfo.Capture(cancellation);

    /// <exception cref="OperationCanceledException">The request was aborted during the sign-in.</exception>
    public void ThrowIfAborted() => _cancellation?.Throw();

    /// <summary>Ends the delivery, and counts its outcome. A sign-in that succeeded counts once, however often it was delivered.</summary>
    public void Complete(HttpContext context, string scheme, SafeLogger logger)
    {
        // An application may let another scheme with the same path handle the request next, which is a separate delivery.
        context.Features.Set<Delivery>(null);
        var metrics = context.RequestServices.GetRequiredService<BinanceMetrics>();

        // The application has the tokens of a user whom it rejected.
        var isCollected = HasCookie || (IsAccepted && Failure is null && !IsAborted);
        var isFirst = Exchange?.EndDelivery(isCollected) ?? isCollected;
        if (IsAborted)
        {
            Log.SignInAborted(logger, scheme);
            metrics.CountAbortedSignIn(scheme);
        }
        else if (Failure is { } failure)
        {
            metrics.CountFailedSignIn(scheme, failure);
        }
        else if (isFirst && !IsSignedIn)
        {
            metrics.CountHandledSignIn(scheme);
        }
        else if (isFirst)
        {
            Log.SignedIn(logger, scheme);
            metrics.CountSignIn(scheme);
        }
    }
}
