using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// One delivery of a callback: the feature of its request. It is no field of the handler, because the framework creates a handler for
/// every request of the site.
/// </summary>
internal sealed class Delivery : IDisposable
{
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _registration;

    private ExceptionDispatchInfo? _cancellation;

    private Delivery(HttpContext context, BinanceAuthenticationOptions options)
    {
        // One deadline for the token request and user-info together: the user waits for both.
        _aborted = context.RequestAborted;
        _end = new(options.BackchannelTimeout, options.Clock);
        _registration = _aborted.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end);
    }

    /// <summary>Gets or sets the state of the callback, as the browser brought it.</summary>
    public string State { get; set; } = string.Empty;

    /// <summary>Gets or sets the address that the user wanted to open, if the state is genuine.</summary>
    public string? ReturnUrl { get; set; }

    /// <summary>Gets the exchange of the code of this callback, if it has got so far.</summary>
    public CodeExchange? Exchange { get; private set; }

    /// <summary>Gets or sets a value indicating whether the user is known, so that the rest is to sign them in.</summary>
    public bool IsAccepted { get; set; }

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

    /// <summary>Waits for a call that goes on without this delivery.</summary>
    /// <exception cref="BinanceAuthenticationException">The call failed, or takes longer than this delivery waits.</exception>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    public async Task<T> WaitAsync<T>(Task<Kept<T>> call, string name)
    {
        try
        {
            return (await call.WaitAsync(_end.Token)).Get();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested && !_aborted.IsCancellationRequested)
        {
            // The call may have ended at this very moment.
            return call.IsCompleted ? (await call).Get() : throw Late(name);
        }
    }

    public void Abort(OperationCanceledException cancellation) => _cancellation = ExceptionDispatchInfo.Capture(cancellation);

    /// <exception cref="OperationCanceledException">The request was aborted in the middle of the sign-in.</exception>
    public void ThrowIfAborted() => _cancellation?.Throw();

    /// <summary>Ends the delivery.</summary>
    /// <returns><see langword="true"/> if it is the first of this sign-in that succeeded.</returns>
    public bool Complete()
    {
        var isCollected = IsAccepted && Failure is null && !IsAborted;
        return Exchange is null ? isCollected : Exchange.Leave(isCollected);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _end.Dispose();
    }

    private BinanceAuthenticationException Late(string name) => Exchange is { IsQueued: true }
        ? new(BinanceFailure.Unavailable, $"Binance's {name}: too many sign-ins wait for it.")
        : new(BinanceFailure.Timeout, $"Binance's {name}: no complete response in time.");
}
