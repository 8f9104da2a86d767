using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The requests of the status page's script.</summary>
public sealed partial class StatusLiveTests : EmulatorTest
{
    [Fact]
    public async Task The_live_part_is_part_of_the_page()
    {
        using var response = await Visitor.RefreshAsync("83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5");

        var part = await Visitor.Http.GetStringAsync("/emulator/live", Cancellation);
        var page = await Visitor.Http.GetStringAsync("/emulator", Cancellation);

        Assert.Contains("The refresh_token is unknown", part, StringComparison.Ordinal);
        Assert.Contains("The refresh_token is unknown", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", part, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_an_event_but_not_one_for_the_page_itself()
    {
        using var events = await OpenEventsAsync();

        using var page = await Visitor.Http.GetAsync("/emulator", Cancellation);
        using var part = await Visitor.Http.GetAsync("/emulator/live", Cancellation);
        using var refresh = await Visitor.RefreshAsync("any");
        using var home = await Visitor.Http.GetAsync("/", Cancellation);
        using var userInfo = await Visitor.UserInfoAsync(null);

        await AssertNextAsync(events, "Token");
        await AssertNextAsync(events, "UserInfo");
    }

    [Fact]
    public async Task A_reset_and_a_button_are_events()
    {
        using var events = await OpenEventsAsync();
        var form = AntiforgeryValue().Match(await Visitor.Http.GetStringAsync("/emulator", Cancellation)).Groups[1].Value;

        Emulator.Reset();
        using var pressed = await Visitor.PostAsync([new("antiforgery", form), new("action", "advance")], "/emulator/actions");

        await AssertNextAsync(events, "Reset");
        await AssertNextAsync(events, "advance");
    }

    // A response to HEAD would never end.
    [Fact]
    public async Task Event_streams_are_not_in_the_journal_and_end_with_the_emulator()
    {
        using var events = await OpenEventsAsync();
        Assert.Empty(Emulator.Requests);

        await Emulator.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    [Theory]
    [InlineData("/emulator/live")]
    [InlineData("/emulator/events")]
    [InlineData("/emulator/actions")]
    public async Task The_live_part_and_the_events_require_the_control_key_with_an_allowed_host(string path)
    {
        Emulator.Options.AllowedHosts.Add("emulator");
        using var without = await Visitor.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Visitor.Http.DefaultRequestHeaders.Add("X-Binance-Emulator-Key", Emulator.Options.ControlKey);
        using var with = await Visitor.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(path == "/emulator/actions" ? HttpStatusCode.SeeOther : HttpStatusCode.OK, with.StatusCode);
    }

    [Theory]
    [InlineData("/emulator/live")]
    [InlineData("/emulator/events")]
    public async Task A_script_of_another_site_is_refused(string path)
    {
        Visitor.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-site");
        Visitor.Http.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "no-cors");

        using var response = await Visitor.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Events_are_read_only(string method)
    {
        using var response = await Visitor.Http.SendAsync(new HttpMethod(method), "/emulator/events");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task HEAD_of_the_events_ends()
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, "/emulator/events");

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("/emulator/live")]
    [InlineData("/emulator/events")]
    public async Task The_live_part_and_the_events_have_a_strict_policy(string path)
    {
        using var response = await Visitor.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Opener-Policy"));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.StartsWith("default-src 'none'; frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private async Task<StreamReader> OpenEventsAsync()
    {
        var events = new StreamReader(await Visitor.Http.GetStreamAsync("/emulator/events", Cancellation));
        Assert.Equal(": connected", await events.ReadLineAsync(Cancellation));
        return events;
    }

    private static async Task AssertNextAsync(StreamReader events, string data)
    {
        Assert.Equal("", await events.ReadLineAsync(Cancellation));
        Assert.Equal($"data: {data}", await events.ReadLineAsync(Cancellation));
    }

    [GeneratedRegex("name=\"antiforgery\" value=\"([0-9a-f]{32})\"")]
    private static partial Regex AntiforgeryValue();
}
