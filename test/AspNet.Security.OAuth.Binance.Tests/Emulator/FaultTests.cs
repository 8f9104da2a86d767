using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class FaultTests : EmulatorTest
{
    [Fact]
    public async Task A_status_comes_instead_of_the_work()
    {
        var code = await Visitor.GetCodeAsync();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var faulted = await Visitor.RedeemAsync(code);
        using var normal = await Visitor.RedeemAsync(code);

        Assert.Equal((HttpStatusCode)503, faulted.StatusCode);
        Assert.Equal("", await faulted.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, normal.StatusCode);
    }

    // A server refuses to send it, when it is too late to say so.
    [Theory]
    [InlineData("text/plän")]
    [InlineData("text/plain\r\nX-Evil: 1")]
    [InlineData("")]
    public void A_content_type_that_is_no_header_is_refused(string contentType)
        => Assert.Throws<ArgumentException>(nameof(contentType), () => EmulatorFault.Body("x", 200, contentType));

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    [InlineData(599)]
    public async Task Every_status_can_be_answered(int status)
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body("ignored where no body may be", status));

        using var response = await Visitor.UserInfoAsync(null);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_body_comes_as_it_was_given()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("<html>€</html>", 418, "text/html"));

        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal((418, "<html>€</html>", "text/html"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Content.Headers.ContentType!.ToString()));
    }

    [Fact]
    public async Task An_api_error_comes_with_status_200_and_changes_nothing()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.ApiError("117041", "Quote expired"));

        using var response = await Visitor.RevokeAsync(issued.AccessToken);

        await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.OK, "117041");
        Assert.Equal("Quote expired", (await Visitor.JsonAsync(response)).GetProperty("message").GetString());
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
    }

    [Fact]
    public async Task An_invalid_grant_comes_instead_of_the_work()
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
    public async Task A_firewalls_challenge_comes_instead_of_the_work()
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
    public async Task A_redirect_leads_elsewhere()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Redirect(new Uri("https://attacker.example.com/token")));

        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://attacker.example.com/token"), (response.StatusCode, response.Headers.Location!.AbsoluteUri));
    }

    [Fact]
    public async Task A_cut_connection_loses_the_answer_of_work_that_was_done()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.CutConnection);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.RefreshAsync(issued.RefreshToken));

        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
        var lost = Assert.Single(Emulator.Tokens.RefreshTokens);
        Assert.Contains(lost.Value, Emulator.Requests.To(EmulatorEndpoint.Token).Single().ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_connection_fails_a_call_on_a_kept_connection_once_and_for_all()
    {
        // HttpClient sends a request without a body again when a connection that it had kept just ends; this one must not look like that.
        using var warm = await Visitor.UserInfoAsync(null);
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.CutConnection);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.UserInfoAsync(null));

        Assert.Equal(2, Emulator.Requests.Count(EmulatorEndpoint.UserInfo));
    }

    [Fact]
    public async Task Half_a_body_is_half_of_the_answer_of_work_that_was_done()
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
    public async Task Half_of_an_answer_without_a_body_is_a_cut_connection()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.HalfBody, times: 2);

        await Assert.ThrowsAsync<HttpRequestException>(() => Visitor.AuthorizeAsync(("emulator_decision", "deny")));
    }

    [Fact]
    public async Task An_endless_body_goes_on_until_the_caller_goes_away()
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
    public async Task A_delay_ends_when_the_clock_gets_there_after_the_work_was_done()
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
    public async Task An_infinite_delay_lasts_until_the_caller_goes_away()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = Visitor.Http.GetAsync("/oauth-api/v1/user-info", leaving.Token);
        await Emulator.Requests.WaitForAsync(request => request.Fault == "Delay", Cancellation);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
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
                // The emulator had not begun to wait for the next byte when the clock was set last.
                Emulator.Clock.Advance(TimeSpan.FromHours(1));
            }

            received.AddRange(buffer.AsSpan(0, await reading));
        }

        Assert.StartsWith("{\"a", System.Text.Encoding.UTF8.GetString([.. received]), StringComparison.Ordinal);
        Assert.InRange(received.Count, 3, response.Content.Headers.ContentLength!.Value - 1);
    }

    [Fact]
    public async Task A_dripping_body_without_a_pause_is_the_whole_answer()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Drip(TimeSpan.Zero));

        using var response = await Visitor.RefreshAsync(issued.RefreshToken);

        Assert.True(Emulator.Tokens.IsLive((await Visitor.TokensAsync(response)).AccessToken));
    }

    [Fact]
    public async Task Faults_are_met_in_order_and_as_often_as_told()
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
    public async Task Of_many_calls_at_once_exactly_so_many_meet_a_fault()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(500), times: 7);

        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Visitor.UserInfoAsync(null)));

        Assert.Equal(7, responses.Count(response => response.StatusCode == HttpStatusCode.InternalServerError));
        Assert.Equal(7, Emulator.Requests.Count(request => request.Fault == "Status 500"));
    }

    [Fact]
    public void Nonsense_is_refused()
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
