using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class HoldTests : EmulatorTest
{
    [Fact]
    public async Task Held_requests_are_not_handled_until_they_are_released()
    {
        var issued = Emulator.Tokens.Issue();
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = Visitor.RefreshAsync(issued.RefreshToken);

        await hold.WaitForCallsAsync(1, Cancellation);
        Assert.Equal(1, hold.Arrived);
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
        Assert.Empty(Emulator.Requests);

        hold.Release();
        using var response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(Emulator.Requests.Single().Fault);
    }

    [Fact]
    public async Task Other_endpoints_are_not_held()
    {
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);

        using var response = await Visitor.UserInfoAsync(null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, hold.Arrived);
    }

    [Fact]
    public async Task Clearing_the_faults_releases_the_requests()
    {
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        var call = Visitor.UserInfoAsync(null);
        await hold.WaitForCallsAsync(1, Cancellation);

        Emulator.Faults.Clear();

        using var response = await call;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_held_request_that_is_aborted_is_in_the_journal_and_not_handled()
    {
        var issued = Emulator.Tokens.Issue();
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var content = new FormUrlEncodedContent(Visitor.RefreshParameters(issued.RefreshToken));
        var call = Visitor.Http.PostAsync("/oauth/token", content, abort.Token);
        await hold.WaitForCallsAsync(1, Cancellation);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var request = await Emulator.Requests.WaitForAsync(_ => true, Cancellation);
        Assert.Equal((0, "Hold"), (request.Status, request.Fault));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Fact]
    public async Task Waiting_for_requests_can_be_cancelled()
    {
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hold.WaitForCallsAsync(1, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("release")]
    [InlineData("clear")]
    [InlineData("reset")]
    public async Task Waiting_for_requests_ends_with_the_hold(string how)
    {
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = Visitor.RefreshAsync("any");
        await hold.WaitForCallsAsync(1, Cancellation);
        var wait = hold.WaitForCallsAsync(2, Cancellation);
        var waitByApi = Visitor.Http.GetAsync($"/emulator/api/v1/faults/holds/{hold.Id}?arrived=2&timeoutSeconds=60", Cancellation);

        Action end = how switch { "release" => hold.Release, "clear" => Emulator.Faults.Clear, _ => Emulator.Reset };
        end();

        await Assert.ThrowsAsync<InvalidOperationException>(() => wait);
        await hold.WaitForCallsAsync(1, Cancellation);
        using var response = await waitByApi;
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var released = await call;
    }
}
