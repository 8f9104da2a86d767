using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Faults that cut, delay or extend the response.</summary>
public sealed class BrokenResponseTests : EmulatorTest
{
    [Fact]
    public async Task A_cut_connection_loses_the_response_of_a_handled_request()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.CutConnection);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.RefreshAsync(issued.RefreshToken));

        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
        var lost = Assert.Single(Emulator.Tokens.RefreshTokens);
        Assert.Contains(lost.Value, Emulator.Requests.To(EmulatorEndpoint.Token).Single().ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_connection_is_not_retried_by_HttpClient()
    {
        // HttpClient retries a request without a body when a pooled connection was closed before the response. The fault must not cause a retry.
        using var warm = await Visitor.UserInfoAsync(null);
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.CutConnection);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.UserInfoAsync(null));

        Assert.Equal(2, Emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    [Fact]
    public async Task HalfBody_sends_half_of_the_response_of_a_handled_request()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.HalfBody);
        using var content = new FormUrlEncodedContent(Visitor.RefreshParameters(issued.RefreshToken));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = content };

        using var response = await Visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var length = response.Content.Headers.ContentLength!.Value;
        var received = new byte[length];
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        await body.ReadExactlyAsync(received.AsMemory(0, (int)length / 2), Cancellation);

        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadExactlyAsync(received, Cancellation).AsTask());
        Assert.StartsWith("{\"access_token\":", System.Text.Encoding.UTF8.GetString(received), StringComparison.Ordinal);
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Fact]
    public async Task HalfBody_of_a_response_without_a_body_cuts_the_connection()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.HalfBody, times: 2);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.AuthorizeAsync(("emulator_decision", "deny")));
    }

    [Fact]
    public async Task An_endless_body_ends_when_the_caller_disconnects()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.EndlessBody);

        using (var response = await Visitor.Http.GetAsync("/oauth-api/v1/user-info", HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
            await body.ReadExactlyAsync(new byte[1024 * 1024], Cancellation);
        }

        using var next = await Visitor.UserInfoAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, next.StatusCode);
    }

    [Fact]
    public async Task A_delay_of_a_handled_request_ends_by_the_clock()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromHours(1)));
        var call = Visitor.RefreshAsync(issued.RefreshToken);
        await Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Token, Cancellation);
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
        Assert.False(call.IsCompleted);

        Emulator.Clock.Advance(TimeSpan.FromHours(1));

        using var response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_infinite_delay_ends_when_the_caller_disconnects()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = Visitor.Http.GetAsync("/oauth-api/v1/user-info", abort.Token);
        await Emulator.Requests.WaitForAsync(request => request.Fault == "Delay", Cancellation);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }
}
