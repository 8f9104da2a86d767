using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class FaultScriptTests : ScriptTest
{
    private static readonly FaultInBoth _unavailable = new(EmulatorFault.Status(503), """{"status":503}""");

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_status_is_applied_once(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, _unavailable);
        Assert.Equal([(EmulatorEndpoint.UserInfo, 1)], await script.PendingAsync());

        using var other = await Visitor.RefreshAsync("unknown");
        using var first = await Visitor.UserInfoAsync(null);
        using var second = await Visitor.UserInfoAsync(null);

        Assert.Equal([400, 503, 401], [(int)other.StatusCode, (int)first.StatusCode, (int)second.StatusCode]);
        Assert.Empty(await script.PendingAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Faults_are_applied_in_order_and_to_the_given_number_of_requests(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, _unavailable, times: 2);
        await script.NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.Status(502), """{"status":502}"""), times: null);
        await script.NextAsync(EmulatorEndpoint.Token, _unavailable);

        var statuses = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await Visitor.UserInfoAsync(null);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([503, 503, 502, 502, 502], statuses);
        Assert.Equal([(EmulatorEndpoint.UserInfo, null), (EmulatorEndpoint.Token, 1)], await script.PendingAsync());
        await script.ClearFaultsAsync();
        using var last = await Visitor.UserInfoAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, last.StatusCode);
        Assert.Empty(await script.PendingAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_body_replaces_the_response(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(EmulatorFault.Body("<b>ü</b>", 502, "text/html"), """{"body":"<b>ü</b>","status":502,"contentType":"text/html"}"""));
        var issued = Emulator.Tokens.Issue();

        using var response = await Visitor.RefreshAsync(issued.RefreshToken);

        Assert.Equal((HttpStatusCode.BadGateway, "text/html", "<b>ü</b>"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType, await response.Content.ReadAsStringAsync(Cancellation)));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_body_is_json_with_200_by_default(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(EmulatorFault.Body("{}"), """{"body":"{}"}"""));

        using var response = await Visitor.RefreshAsync("unknown");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_api_error_is_an_envelope(string language)
    {
        await Script(language).NextAsync(
            EmulatorEndpoint.UserInfo, new(EmulatorFault.ApiError("117041", "Quote expired"), """{"apiError":{"code":"117041","message":"Quote expired"}}"""));

        using var response = await Visitor.UserInfoAsync(Emulator.Tokens.Issue().AccessToken);

        var json = await Visitor.JsonAsync(response);
        Assert.Equal((HttpStatusCode.OK, "117041", "Quote expired", false), (
            response.StatusCode, json.GetProperty("code").GetString(), json.GetProperty("message").GetString(), json.GetProperty("success").GetBoolean()));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_redirect_has_the_given_location(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(EmulatorFault.Redirect(new("https://example.com/x?y=z")), """{"redirect":"https://example.com/x?y=z"}"""));

        using var response = await Visitor.RefreshAsync("unknown");

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://example.com/x?y=z"), (response.StatusCode, response.Headers.Location!.OriginalString));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task InvalidGrant_refuses_a_valid_refresh_token_once(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(EmulatorFault.InvalidGrant, "\"invalidGrant\""));
        var issued = Emulator.Tokens.Issue();

        using var refused = await Visitor.RefreshAsync(issued.RefreshToken);
        using var refreshed = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(refused, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_firewall_challenge_is_sent(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(EmulatorFault.FirewallChallenge, "\"firewallChallenge\""));

        using var response = await Visitor.RefreshAsync("unknown");

        Assert.Equal((HttpStatusCode.Accepted, "challenge", "text/html"), (
            response.StatusCode, response.Headers.GetValues("x-amzn-waf-action").Single(), response.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData(InCode, "cutConnection")]
    [InlineData(InCode, "halfBody")]
    [InlineData(InJson, "cutConnection")]
    [InlineData(InJson, "halfBody")]
    public async Task A_lost_response_has_used_up_the_refresh_token(string language, string name)
    {
        await Script(language).NextAsync(EmulatorEndpoint.Token, new(name == "halfBody" ? EmulatorFault.HalfBody : EmulatorFault.CutConnection, $"\"{name}\""));
        var issued = Emulator.Tokens.Issue();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Visitor.RefreshAsync(issued.RefreshToken));

        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_endless_body_does_not_end(string language)
    {
        await Script(language).NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.EndlessBody, "\"endlessBody\""));

        using var response = await Visitor.Http.GetAsync("/oauth-api/v1/user-info", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        await body.ReadExactlyAsync(new byte[200_000], Cancellation);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_delay_ends_when_the_clock_is_set_forward(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.Delay(TimeSpan.FromHours(1.5)), """{"delaySeconds":5400}"""));
        var call = Visitor.UserInfoAsync(null);
        await script.WaitForAsync(new(Fault: "Delay"), 1);
        await script.AdvanceAsync(TimeSpan.FromSeconds(5399));
        Assert.False(call.IsCompleted);

        await script.AdvanceAsync(TimeSpan.FromSeconds(1));

        using var response = await call;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_infinite_delay_is_not_ended_by_the_clock(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.Delay(Timeout.InfiniteTimeSpan), """{"delaySeconds":null}"""));
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = Visitor.Http.GetAsync("/oauth-api/v1/user-info", abort.Token);
        await script.WaitForAsync(new(Fault: "Delay"), 1);

        await script.AdvanceAsync(TimeSpan.FromDays(1000));
        using var other = await Visitor.UserInfoAsync(null);

        Assert.False(call.IsCompleted);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_body_is_sent_a_byte_at_a_time_by_the_clock(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.Drip(TimeSpan.FromHours(1)), """{"dripSeconds":3600}"""));
        using var response = await Visitor.Http.GetAsync("/oauth-api/v1/user-info", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var first = body.ReadAsync(new byte[1], Cancellation).AsTask();
        Assert.False(first.IsCompleted);

        while (!first.IsCompleted)
        {
            // The delay before the next byte may begin after the clock was set forward.
            await script.AdvanceAsync(TimeSpan.FromHours(1));
            await Task.WhenAny(first, Visitor.Http.GetAsync("/emulator.css", Cancellation));
        }

        Assert.Equal(1, await first);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Held_requests_are_not_handled_until_they_are_released(string language)
    {
        var script = Script(language);
        var issued = Emulator.Tokens.Issue();
        var other = await script.HoldAsync(EmulatorEndpoint.Page);
        var hold = await script.HoldAsync(EmulatorEndpoint.Token);
        Assert.Equal([(other.Id, EmulatorEndpoint.Page, 0), (hold.Id, EmulatorEndpoint.Token, 0)], await script.HoldsAsync());
        var arrival = hold.WaitForCallsAsync(2);
        var calls = new[] { Visitor.RefreshAsync(issued.RefreshToken), Visitor.RefreshAsync("unknown") };
        await arrival;

        Assert.Equal([(other.Id, EmulatorEndpoint.Page, 0), (hold.Id, EmulatorEndpoint.Token, 2)], await script.HoldsAsync());
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
        await hold.ReleaseAsync();

        using var refreshed = await calls[0];
        using var refused = await calls[1];
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (refreshed.StatusCode, refused.StatusCode));
        Assert.Equal([(other.Id, EmulatorEndpoint.Page, 0)], await script.HoldsAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Clearing_the_faults_releases_every_hold(string language)
    {
        var script = Script(language);
        var hold = await script.HoldAsync(EmulatorEndpoint.UserInfo);
        var other = await script.HoldAsync(EmulatorEndpoint.Token);
        Assert.NotEqual(hold.Id, other.Id);
        var call = Visitor.UserInfoAsync(null);
        await hold.WaitForCallsAsync(1);

        await script.ClearFaultsAsync();

        using var response = await call;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await script.HoldsAsync());
    }
}
