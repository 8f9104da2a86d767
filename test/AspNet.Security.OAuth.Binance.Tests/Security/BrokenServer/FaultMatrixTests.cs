using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// Each fault of the emulator meets each call that the provider makes.
/// </summary>
public sealed class FaultMatrixTests
{
    public static TheoryData<string, ServerCall> Rows => FaultTable.Rows();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task A_fault_ends_as_its_kind_of_failure_with_a_way_on_and_nobody_else_notices(string fault, ServerCall call)
    {
        var line = FaultTable.Find(fault);
        var failure = line.Expected(call);
        await using var breakdown = await Breakdown.StartAsync(call);
        var emulator = breakdown.Site.Emulator;
        if (line.Make() is { } made)
        {
            emulator.Faults.Next(breakdown.Endpoint, made, times: int.MaxValue);
        }

        // Held first, so that there is a time in which the call has not been answered, whatever comes then.
        var hold = emulator.Faults.Hold(breakdown.Endpoint);
        var acting = breakdown.ActAsync();
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await breakdown.AssertOthersAreAnsweredAsync();

        var isHeld = line.Member == nameof(EmulatorFaults.Hold);
        if (!isHeld)
        {
            hold.Release();
            await emulator.Requests.WaitForAsync(request => request.Endpoint == breakdown.Endpoint, TestContext.Current.CancellationToken);
            await breakdown.AssertOthersAreAnsweredAsync();
        }

        if (failure is BinanceFailure.Timeout)
        {
            await breakdown.TimeOutAsync(acting);
        }

        await Outcome.AssertAsync(breakdown, await acting, failure);
        Assert.Equal(Breakdown.Attempts(call, failure), isHeld ? hold.Arrived : breakdown.Site.Calls(breakdown.Endpoint));
        Assert.Equal(0, breakdown.Site.Calls(EmulatorEndpoint.Page));

        hold.Release();
        emulator.Faults.Clear();
        await breakdown.AssertWayOnAsync();
    }
}
