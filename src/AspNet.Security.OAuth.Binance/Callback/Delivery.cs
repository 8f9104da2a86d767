using System.Runtime.ExceptionServices;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// One delivery of a callback: the feature of its request. It is no field of the handler, because the framework creates a handler for
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

    /// <summary>Gets or sets the state of the callback, as the browser brought it.</summary>
    public string State { get; set; } = string.Empty;

    /// <summary>Gets or sets a value indicating whether the browser brought the correlation cookie.</summary>
    public bool IsOfThisBrowser { get; set; }

    /// <summary>
    /// Gets what only deliveries of the same browser have in common. A derived handler may accept others, which share nothing.
    /// </summary>
    public string Binding => IsOfThisBrowser ? State : Guid.NewGuid().ToString();

    /// <summary>Gets or sets the address that the user wanted to open, if the state is genuine.</summary>
    public string? ReturnUrl { get; set; }

    /// <summary>Gets the exchange of the code of this callback, if it has got so far.</summary>
    public CodeExchange? Exchange { get; private set; }

    /// <summary>Gets or sets a value indicating whether the user is known, so that the rest is to sign them in.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Gets or sets a value indicating whether somebody was signed in, and not turned away by the application.</summary>
    public bool IsSignedIn { get; set; }

    /// <summary>Gets or sets a value indicating whether the browser got a session although the sign-in failed.</summary>
    public bool HasCookie { get; set; }

    /// <summary>Gets or sets how the sign-in failed.</summary>
    public BinanceFailure? Failure { get; set; }

    /// <summary>Gets a value indicating whether the request was aborted in the middle of the sign-in.</summary>
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
        Exchange?.Leave(isCollected: false);
        return Exchange = exchange;
    }

    /// <summary>Waits for a call that goes on without this delivery, until one deadline for the token request and user-info together.</summary>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    /// <exception cref="TimeoutException">The deadline is over.</exception>
    public Task<T> WaitAsync<T>(Task<T> call)
    {
        var remaining = _timeout - _time.GetElapsedTime(_started);
        return call.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _time, _aborted);
    }

    /// <summary>Returns a value indicating whether the wait ended because the deadline, or the time of the call itself, is over.</summary>
    public bool IsLate(Exception exception)
        => exception is TimeoutException || (exception is OperationCanceledException && !_aborted.IsCancellationRequested);

    /// <summary>Returns how a delivery failed whose deadline is over.</summary>
    public static BinanceAuthenticationException Late(string call, bool isQueued = false) => isQueued
        ? new(BinanceFailure.Unavailable, $"Binance's {call}: too many sign-ins wait for it.")
        : new(BinanceFailure.Timeout, $"Binance's {call}: no complete response in time.");

    public void Abort(OperationCanceledException cancellation) => _cancellation = ExceptionDispatchInfo.Capture(cancellation);

    /// <exception cref="OperationCanceledException">The request was aborted in the middle of the sign-in.</exception>
    public void ThrowIfAborted() => _cancellation?.Throw();

    /// <summary>Ends the delivery, and counts how: a sign-in that succeeded once, however often it was delivered.</summary>
    public void Complete(HttpContext context, string scheme, SafeLogger logger)
    {
        // An application may let the next scheme of the same path handle the request, which is a delivery of its own.
        context.Features.Set<Delivery>(null);
        var metrics = context.RequestServices.GetRequiredService<BinanceMetrics>();

        // The application has the tokens of a user whom it turned away by itself.
        var isCollected = HasCookie || (IsAccepted && Failure is null && !IsAborted);
        var isFirst = Exchange?.Leave(isCollected) ?? isCollected;
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
