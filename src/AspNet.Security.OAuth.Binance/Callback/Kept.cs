using System.Runtime.ExceptionServices;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The outcome of a call that several deliveries share: a value, or an exception for each of them. The task of such a call never fails,
/// so that a failure that nobody waits for is no unobserved exception.
/// </summary>
internal readonly struct Kept<T>
{
    private readonly T? _value;
    private readonly ExceptionDispatchInfo? _failure;

    private Kept(T? value, ExceptionDispatchInfo? failure) => (_value, _failure) = (value, failure);

    public Exception? Failure => _failure?.SourceException;

    /// <summary>Starts a call outside of the execution context of the request that happens to be the first.</summary>
    public static Task<Kept<T>> Start(Func<Task<T>> call)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return KeepAsync(call);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return KeepAsync(call);
        }
    }

    public T Get()
    {
        _failure?.Throw();
        return _value!;
    }

    private static async Task<Kept<T>> KeepAsync(Func<Task<T>> call)
    {
        try
        {
            return new(await call(), null);
        }
        catch (Exception exception)
        {
            return new(default, ExceptionDispatchInfo.Capture(exception));
        }
    }
}
