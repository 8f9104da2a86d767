using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// Each end of a sign-in closes the port and every connection.
/// </summary>
public sealed class EndingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_in_that_its_caller_cancels_closes_the_port_and_the_connections()
    {
        using var cancelling = new CancellationTokenSource();
        await using var signIn = await LoopbackSignIn.StartAsync(caller: cancelling);
        using var idle = await signIn.ConnectAsync();

        await cancelling.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await signIn.EndAsync());
        await LoopbackSignIn.ClosedAsync(idle);
    }

    [Fact]
    public async Task Sign_in_that_takes_too_long_closes_the_port_and_the_connections()
    {
        var time = new FakeTimeProvider();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = time);
        using var idle = await signIn.ConnectAsync();

        time.Advance(TimeSpan.FromMinutes(5));

        await signIn.FailsAsync(BinanceFailure.Abandoned);
        await LoopbackSignIn.ClosedAsync(idle);
    }

    [Fact]
    public async Task Sign_in_that_its_caller_cancels_during_the_exchange_closes_the_port_and_the_connections()
    {
        using var cancelling = new CancellationTokenSource();
        await using var signIn = await LoopbackSignIn.StartAsync(caller: cancelling);
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var last = signIn.LastPath(await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery));
        using var browser = await signIn.OpenAsync(last);
        await exchange.WaitForCallsAsync(1, Stop);

        await cancelling.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await signIn.EndAsync());
        await LoopbackSignIn.ClosedAsync(browser);
    }

    // The clock stands still.
    [Fact]
    public async Task Sign_in_that_its_caller_cancels_during_the_exchange_does_not_wait_for_the_request_for_the_last_page()
    {
        using var cancelling = new CancellationTokenSource();
        await using var signIn = await LoopbackSignIn.StartAsync(options => options.TimeProvider = new FakeTimeProvider(), caller: cancelling);
        using var exchange = signIn.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.Equal(303, (await signIn.GetAsync((await signIn.AuthorizeAsync()).PathAndQuery))?.Status);
        await exchange.WaitForCallsAsync(1, Stop);

        await cancelling.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await signIn.EndAsync());
    }

    [Fact]
    public async Task Login_that_is_disposed_during_a_sign_in_closes_the_port_and_the_connections()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        using var idle = await signIn.ConnectAsync();

        await signIn.DisposeAsync();

        Assert.NotNull(await signIn.EndAsync());
        await LoopbackSignIn.ClosedAsync(idle);
    }
}
