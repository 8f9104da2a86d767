
namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// Assertions on failing calls.
/// </summary>
internal static class Failing
{
    /// <summary>Asserts that a call ends with a failure.</summary>
    public static async Task<BinanceAuthenticationException> WithAsync(BinanceFailure failure, Task call)
    {
        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => call);
        Assert.Equal(failure, exception.Failure);
        return exception;
    }

    /// <summary>Asserts that a call ends as cancelled by the token of this caller.</summary>
    public static async Task AsCancelledAsync(CancellationTokenSource caller, Task call)
    {
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, exception.CancellationToken);
    }
}
