namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Waits until the caller's timeout, in real time. A wait ends, too, when the caller disconnects or the emulator stops.</summary>
internal static class Timeouts
{
    public const string Parameter = "timeoutSeconds";
    private const double Default = 10;
    private const double Most = 60;

    public static async Task<ControlResponse> RunAsync(ControlCall call, Func<CancellationToken, Task<ControlResponse>> wait, Func<string> describe)
    {
        var timeout = TimeSpan.FromSeconds(call.Seconds(Parameter, Most) ?? Default);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        ending.CancelAfter(timeout);
        try
        {
            return await wait(ending.Token);
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            return ControlResponse.Error(408, $"The timeout of {timeout.TotalSeconds} s has elapsed. {describe()}");
        }
    }
}
