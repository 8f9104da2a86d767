using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Faults that replace the response, and those that slow it down.</summary>
public sealed class FaultTests : EmulatorTest
{
    [Fact]
    public async Task A_status_replaces_the_response()
    {
        var code = await Visitor.GetCodeAsync();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var faulted = await Visitor.RedeemAsync(code);
        using var normal = await Visitor.RedeemAsync(code);

        Assert.Equal((HttpStatusCode)503, faulted.StatusCode);
        Assert.Equal("", await faulted.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, normal.StatusCode);
    }

    // Checked when the fault is created, because the server would throw when it sends the response.
    [Theory]
    [InlineData("text/plän")]
    [InlineData("text/plain\r\nX-Evil: 1")]
    [InlineData("")]
    public void An_invalid_content_type_throws(string contentType)
        => Assert.Throws<ArgumentException>(nameof(contentType), () => EmulatorFault.Body("x", 200, contentType));

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    [InlineData(599)]
    public async Task Every_status_can_be_sent(int status)
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body("ignored where no body may be", status));

        using var response = await Visitor.UserInfoAsync(null);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_body_is_sent_unchanged()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("<html>€</html>", 418, "text/html"));

        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal((418, "<html>€</html>", "text/html"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Content.Headers.ContentType!.ToString()));
    }

    [Fact]
    public async Task An_API_error_has_status_200_and_changes_nothing()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.ApiError("117041", "Quote expired"));

        using var response = await Visitor.RevokeAsync(issued.AccessToken);

        await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.OK, "117041");
        Assert.Equal("Quote expired", (await Visitor.JsonAsync(response)).GetProperty("message").GetString());
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
    }

    [Fact]
    public async Task InvalidGrant_replaces_the_response()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);

        using var faulted = await Visitor.RefreshAsync(issued.RefreshToken);
        using var normal = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(faulted, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, normal.StatusCode);
        Assert.Equal(["InvalidGrant", null], Emulator.Requests.Select(request => request.Fault));
    }

    [Fact]
    public async Task A_firewall_challenge_replaces_the_response()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.FirewallChallenge);

        using var response = await Visitor.RevokeAsync(issued.AccessToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["challenge"], response.Headers.GetValues("x-amzn-waf-action"));
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<!DOCTYPE html>", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Equal("FirewallChallenge", Emulator.Requests.Single().Fault);
    }

    [Fact]
    public async Task A_redirect_replaces_the_response()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Redirect(new Uri("https://attacker.example.com/token")));

        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://attacker.example.com/token"), (response.StatusCode, response.Headers.Location!.AbsoluteUri));
    }

    [Fact]
    public async Task A_dripping_body_comes_a_byte_at_a_time_after_the_work_was_done()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Drip(TimeSpan.FromHours(1)));
        using var content = new FormUrlEncodedContent(Visitor.RefreshParameters(issued.RefreshToken));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = content };

        using var response = await Visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));

        var received = new List<byte>();
        var buffer = new byte[1024];
        while (received.Count < 3)
        {
            var reading = body.ReadAsync(buffer, Cancellation).AsTask();
            while (!await IsDoneWithinAsync(TimeSpan.FromMilliseconds(50), reading))
            {
                // The delay before the next byte may begin after the clock was set forward.
                Emulator.Clock.Advance(TimeSpan.FromHours(1));
            }

            received.AddRange(buffer.AsSpan(0, await reading));
        }

        Assert.StartsWith("{\"a", System.Text.Encoding.UTF8.GetString([.. received]), StringComparison.Ordinal);
        Assert.InRange(received.Count, 3, response.Content.Headers.ContentLength!.Value - 1);
    }

    [Fact]
    public async Task A_dripping_body_without_a_pause_is_the_whole_response()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Drip(TimeSpan.Zero));

        using var response = await Visitor.RefreshAsync(issued.RefreshToken);

        Assert.True(Emulator.Tokens.IsLive((await Visitor.TokensAsync(response)).AccessToken));
    }

    [Fact]
    public async Task Faults_are_applied_in_order_and_to_the_given_number_of_requests()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(500), times: 2);
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(502));
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(501));
        Assert.Equal(4, Emulator.Faults.PendingCount);

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await Visitor.UserInfoAsync(null);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([500, 500, 501, 401], statuses);
        Assert.Equal(1, Emulator.Faults.PendingCount);
        Emulator.Faults.Clear();
        Assert.Equal(0, Emulator.Faults.PendingCount);
    }

    [Fact]
    public async Task A_fault_is_applied_to_the_given_number_of_concurrent_requests()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(500), times: 7);

        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Visitor.UserInfoAsync(null)));

        Assert.Equal(7, responses.Count(response => response.StatusCode == HttpStatusCode.InternalServerError));
        Assert.Equal(7, Emulator.Requests.Count(request => request.Fault == "Status 500"));
    }

    [Fact]
    public void Arguments_out_of_range_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EmulatorFault.Status(199));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmulatorFault.Body("", 600));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmulatorFault.Delay(TimeSpan.FromSeconds(-2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmulatorFault.Drip(TimeSpan.FromDays(41)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.CutConnection, times: 0));
    }

    private static async Task<bool> IsDoneWithinAsync(TimeSpan time, Task task)
    {
        try
        {
            await task.WaitAsync(time, Cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
