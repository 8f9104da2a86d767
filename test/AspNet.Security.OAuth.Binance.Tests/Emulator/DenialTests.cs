using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="DenialBehavior.StayOnPage"/>: what follows a refusal is not documented (W2).</summary>
public sealed class DenialTests : EmulatorTest
{
    [Fact]
    public async Task A_refusal_may_stay_on_the_page()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.AnswerConsentAsync(form, "cancel");

        await AssertStayedAsync(response);
    }

    [Fact]
    public async Task A_refusal_that_stays_on_the_page_uses_up_the_consent()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;
        var form = await Visitor.OpenConsentAsync();
        using var cancelled = await Visitor.AnswerConsentAsync(form, "cancel");

        using var response = await Visitor.AnswerConsentAsync(form, "authorize");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_request_that_is_refused_at_once_stays_on_the_page_too()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;

        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        await AssertStayedAsync(response);
    }

    [Fact]
    public async Task A_wrong_request_is_redirected_all_the_same()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;

        using var response = await Visitor.AuthorizeAsync(("response_type", null));

        Assert.Equal("invalid_request", Visitor.Answer(response)["error"]);
    }

    [Fact]
    public async Task A_refusal_is_redirected_by_default()
    {
        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        Assert.Equal(DenialBehavior.Redirect, Emulator.Options.DenialBehavior);
        Assert.Equal("access_denied", Visitor.Answer(response)["error"]);
    }

    private static async Task AssertStayedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(response.Headers.Location);
        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("<h1>Access was not granted</h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv", html, StringComparison.Ordinal);
    }
}
