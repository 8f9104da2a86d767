using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer;

/// <summary>
/// Each fault of the emulator, for each call that the provider makes.
/// </summary>
public sealed class FaultMatrixTests
{
    public static TheoryData<string, ServerCall> Rows => FaultTable.Rows();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task A_fault_is_a_failure_of_its_kind_for_one_user_and_the_next_sign_in_succeeds(string fault, ServerCall call)
    {
        var line = FaultTable.Find(fault);
        var failure = line.Expected(call);
        await using var failing = await FailingCall.StartAsync(call);
        var emulator = failing.Site.Emulator;
        if (line.Make() is { } made)
        {
            emulator.Faults.Next(failing.Endpoint, made, times: int.MaxValue);
        }

        // Held first, so that the other user can be served while the call is in progress.
        var hold = emulator.Faults.Hold(failing.Endpoint);
        var sending = failing.SendAsync();
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await failing.AssertOthersAreServedAsync();

        var isHeld = line.Member == nameof(EmulatorFaults.Hold);
        if (!isHeld)
        {
            hold.Release();
            await emulator.Requests.WaitForAsync(request => request.Endpoint == failing.Endpoint, TestContext.Current.CancellationToken);
            await failing.AssertOthersAreServedAsync();
        }

        if (failure is BinanceFailure.Timeout)
        {
            await failing.TimeOutAsync(sending);
        }

        await Expectation.AssertAsync(failing, await sending, failure);
        Assert.Equal(FailingCall.Attempts(call, failure), isHeld ? hold.Arrived : failing.Site.Calls(failing.Endpoint));
        Assert.Equal(0, failing.Site.Calls(EmulatorEndpoint.Page));

        hold.Release();
        emulator.Faults.Clear();
        await failing.AssertNextSignInSucceedsAsync();
    }
}
