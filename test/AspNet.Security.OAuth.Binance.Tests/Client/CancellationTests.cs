using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class CancellationTests
{
    public static TheoryData<string> Methods =>
    [
        nameof(BinanceOAuthClient.ExchangeCodeAsync),
        nameof(BinanceOAuthClient.RefreshAsync),
        nameof(BinanceOAuthClient.GetUserAsync),
        nameof(BinanceOAuthClient.RevokeAsync),
    ];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Caller_that_cancels_gets_a_cancellation_and_no_failure(string method)
    {
        await using var binance = await EmulatedClient.StartAsync();
        using var hold = binance.Emulator.Faults.Hold(EmulatedClient.EndpointOf(method));
        using var closing = new CancellationTokenSource();

        var calling = binance.CallAsync(method, closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Equal(1, hold.Arrived);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Caller_that_cancels_in_the_middle_of_the_response_gets_a_cancellation(string method)
    {
        await using var binance = await EmulatedClient.StartAsync();
        var endpoint = EmulatedClient.EndpointOf(method);
        binance.Emulator.Faults.Next(endpoint, EmulatorFault.Drip(Timeout.InfiniteTimeSpan));
        using var closing = new CancellationTokenSource();

        var calling = binance.CallAsync(method, closing.Token);
        await binance.Emulator.Requests.WaitForAsync(request => request.Endpoint == endpoint, TestContext.Current.CancellationToken);
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_that_is_cancelled_before_it_begins_sends_nothing(string method)
    {
        await using var binance = await EmulatedClient.StartAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => binance.CallAsync(method, new CancellationToken(canceled: true)));

        Assert.Empty(binance.Emulator.Requests);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_without_a_timeout_is_ended_by_its_caller_alone(string method)
    {
        var time = new FakeTimeProvider();
        await using var binance = await EmulatedClient.StartAsync(time, Timeout.InfiniteTimeSpan);
        using var hold = binance.Emulator.Faults.Hold(EmulatedClient.EndpointOf(method));
        using var closing = new CancellationTokenSource();

        var calling = binance.CallAsync(method, closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromDays(1));
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
    }

    // The clock is not advanced, so the pause before the second attempt does not end.
    [Fact]
    public async Task Caller_that_cancels_between_two_attempts_gets_a_cancellation()
    {
        await using var binance = await EmulatedClient.StartAsync(new FakeTimeProvider());
        binance.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        using var closing = new CancellationTokenSource();

        var calling = binance.Client.GetUserAsync(binance.Tokens.AccessToken, closing.Token);
        await binance.Emulator.Requests.WaitForAsync(request => request.Status == 503, TestContext.Current.CancellationToken);
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Equal(1, binance.Emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }
}
