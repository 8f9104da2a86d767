using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="DenialBehavior"/>: Binance does not document the response to a denial (W2).</summary>
public sealed class DenialTests : EmulatorTest
{
    [Fact]
    public async Task A_denial_can_stay_on_the_page()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.DecideAsync(form, "cancel");

        await AssertStayedAsync(response);
    }

    [Fact]
    public async Task A_denial_that_stays_on_the_page_uses_up_the_consent()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;
        var form = await Visitor.OpenConsentAsync();
        using var cancelled = await Visitor.DecideAsync(form, "cancel");

        using var response = await Visitor.DecideAsync(form, "authorize");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_denial_without_the_consent_page_stays_on_the_page_too()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;

        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        await AssertStayedAsync(response);
    }

    [Fact]
    public async Task An_invalid_request_is_redirected_too()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;

        using var response = await Visitor.AuthorizeAsync(("response_type", null));

        Assert.Equal("invalid_request", Visitor.RedirectParameters(response)["error"]);
    }

    [Fact]
    public async Task A_denial_is_redirected_by_default()
    {
        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        Assert.Equal(DenialBehavior.Redirect, Emulator.Options.DenialBehavior);
        Assert.Equal("access_denied", Visitor.RedirectParameters(response)["error"]);
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
