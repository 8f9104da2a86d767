namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// What calls of a test end with.
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

    /// <summary>Asserts that a call ends as cancelled by this caller, so that its caller can tell that from any other cancellation.</summary>
    public static async Task AsCancelledAsync(CancellationTokenSource caller, Task call)
    {
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, exception.CancellationToken);
    }
}
