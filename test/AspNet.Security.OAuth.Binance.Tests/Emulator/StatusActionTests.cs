using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The buttons of the status page.</summary>
public sealed partial class StatusActionTests : EmulatorTest
{
    [Fact]
    public async Task The_button_expires_all_tokens()
    {
        var tokens = Emulator.Tokens.Issue();

        await PressAsync("expire", "All access tokens have expired.");

        Assert.False(Emulator.Tokens.IsLive(tokens.AccessToken));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(tokens.RefreshToken));
    }

    [Fact]
    public async Task The_button_advances_the_clock_by_an_hour()
    {
        await PressAsync("advance", "The clock was advanced by an hour.");
        await PressAsync("advance", "The clock was advanced by an hour.");

        Assert.Equal(TimeSpan.FromHours(2), Emulator.Clock.Offset);
    }

    [Fact]
    public async Task The_button_makes_the_next_token_request_fail()
    {
        await PressAsync("fail", "The next token request gets 503.");

        using var first = await Visitor.RefreshAsync("any");
        using var second = await Visitor.RefreshAsync("any");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadRequest), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task The_button_restores_the_state_of_the_start()
    {
        var tokens = Emulator.Tokens.Issue();
        Emulator.Clients.Clear();
        Emulator.Clock.Advance(TimeSpan.FromHours(3));

        await PressAsync("reset", "Everything is as it was at the start.");

        Assert.False(Emulator.Tokens.IsLive(tokens.AccessToken));
        Assert.NotNull(Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId));
        Assert.Equal(TimeSpan.Zero, Emulator.Clock.Offset);
    }

    [Fact]
    public async Task A_button_is_not_in_the_journal_and_gets_no_fault()
    {
        var form = await FormAsync();
        Emulator.Requests.Clear();
        Emulator.Faults.Next(EmulatorEndpoint.Page, EmulatorFault.Status(500), times: int.MaxValue);

        using var response = await PostAsync(form, "expire");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Empty(Emulator.Requests);
    }

    [Theory]
    [InlineData("expire", null)]
    [InlineData("expire", "00000000000000000000000000000000")]
    public async Task A_form_without_the_antiforgery_value_has_no_effect(string action, string? antiforgery)
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await PostAsync(antiforgery, action);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(Emulator.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task The_antiforgery_value_of_another_emulator_has_no_effect()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var visitor = new Visitor(other);
        var form = await FormAsync(visitor);

        using var response = await PostAsync(form, "expire");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_action_has_no_effect()
    {
        using var response = await PostAsync(await FormAsync(), "explode");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_form_of_another_site_has_no_effect(string header, string value)
    {
        var tokens = Emulator.Tokens.Issue();
        var form = await FormAsync();
        Visitor.Http.DefaultRequestHeaders.Add(header, value);

        using var response = await PostAsync(form, "expire");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.True(Emulator.Tokens.IsLive(tokens.AccessToken));
    }

    // The request of a reload after a refused form.
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_GET_redirects_to_the_page_and_has_no_effect(string method)
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.ApiAsync(new HttpMethod(method), "/emulator/actions?action=expire", accessToken: null);

        Assert.Equal((HttpStatusCode.SeeOther, "/emulator"), (response.StatusCode, response.Headers.Location!.OriginalString));
        Assert.True(Emulator.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task Another_method_is_refused_with_the_allowed_ones()
    {
        using var response = await Visitor.ApiAsync(HttpMethod.Put, "/emulator/actions", accessToken: null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD", "POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_form_from_before_a_restart_is_refused_with_a_link_to_the_page()
    {
        using var response = await PostAsync("00000000000000000000000000000000", "reset");
        var html = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Contains("<h1>Nothing was done</h1>", html, StringComparison.Ordinal);
        Assert.Contains("from before the last start of the emulator", html, StringComparison.Ordinal);
        Assert.Contains("<a class=\"button primary\" href=\"/emulator\">Open the status page</a>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_live_part_contains_the_form()
    {
        var part = await Visitor.Http.GetStringAsync("/emulator/live", Cancellation);

        Assert.Equal(await FormAsync(), Antiforgery().Match(part).Groups[1].Value);
    }

    [Fact]
    public async Task The_button_does_not_advance_the_clock_out_of_range()
    {
        Emulator.Clock.Advance(TimeSpan.FromDays(365_000));

        using var response = await PostAsync(await FormAsync(), "advance");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    private async Task PressAsync(string action, string done)
    {
        using var response = await PostAsync(await FormAsync(), action);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var page = await Visitor.Http.GetStringAsync(response.Headers.Location, Cancellation);
        Assert.Contains($"<p class=\"done\" id=\"done\" tabindex=\"-1\" autofocus>{done}</p>", page, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string? antiforgery, string action)
        => Visitor.PostAsync(new Dictionary<string, string?> { ["antiforgery"] = antiforgery, ["action"] = action }.Where(field => field.Value is not null), "/emulator/actions");

    // The antiforgery value.
    private Task<string> FormAsync() => FormAsync(Visitor);

    private static async Task<string> FormAsync(Visitor visitor)
        => Antiforgery().Match(await visitor.Http.GetStringAsync("/", Cancellation)).Groups[1].Value;

    [GeneratedRegex("name=\"antiforgery\" value=\"([0-9a-f]{32})\"")]
    private static partial Regex Antiforgery();
}
