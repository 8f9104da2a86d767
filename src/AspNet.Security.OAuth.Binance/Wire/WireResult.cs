using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// What a call to Binance came to: a value or a failure, never both.
/// </summary>
internal readonly struct WireResult<T>
    where T : notnull
{
    private WireResult(T? value, WireFailure? failure) => (Value, Failure) = (value, failure);

    public T? Value { get; }

    public WireFailure? Failure { get; }

    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out WireFailure? failure)
    {
        (value, failure) = (Value!, Failure);
        return failure is null;
    }

    public static implicit operator WireResult<T>(T value) => new(value, null);

    public static implicit operator WireResult<T>(WireFailure failure) => new(default, failure);
}
