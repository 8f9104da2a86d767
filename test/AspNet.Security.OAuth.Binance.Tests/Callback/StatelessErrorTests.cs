using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// An error of the authorization server without the state: some servers omit it, although RFC 6749 section 4.1.2.1 requires it. It is handled
/// as a forged callback, with a message of its own for the operator.
/// </summary>
public sealed class StatelessErrorTests
{
    [Fact]
    public async Task An_error_without_a_state_is_an_invalid_state_with_its_own_message()
    {
        var failure = await FailAsync("?error=access_denied");

        Assert.Equal(BinanceFailure.InvalidState, failure.Failure);
        Assert.Contains("error", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no state", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?code=a-code")]
    [InlineData("?code=a-code&state=garbage")]
    [InlineData("?state=garbage")]
    [InlineData("?error=access_denied&state=garbage")]
    [InlineData("?error=&code=a-code")]
    public async Task A_forged_callback_has_another_message(string forged)
    {
        var withoutState = await FailAsync("?error=access_denied");

        var failure = await FailAsync(forged);

        Assert.Equal(BinanceFailure.InvalidState, failure.Failure);
        Assert.NotEqual(withoutState.Message, failure.Message);
        Assert.DoesNotContain("no state", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?error=access_denied")]
    [InlineData("?error=server_error")]
    [InlineData("?error=access_denied&state=")]
    [InlineData("?error=access_denied&code=a-code")]
    [InlineData("?error=invalid_scope&error_description=No.&error_uri=https%3A%2F%2Fserver.example%2F1")]
    public async Task Each_error_without_a_state_has_that_message(string query)
        => Assert.Contains("no state", (await FailAsync(query)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_error_without_a_state_is_logged_once_as_information()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/signin-binance?error=access_denied");

        var record = Assert.Single(site.Logs, record => record.Id.Name == "SignInFailed");
        Assert.Equal(LogLevel.Information, record.Level);
        Assert.Contains("no state", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(site.Logs, record => record.Level > LogLevel.Information);
        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task The_parameters_of_an_error_without_a_state_are_in_neither_the_log_nor_the_exception()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser()
            .GetAsync("/signin-binance?error=%0D%0Aforged&error_description=forged%20words&error_uri=https%3A%2F%2Fforged.example");

        var failure = site.SingleFailure();
        Assert.DoesNotContain("forged", $"{failure} {site.LogText}", StringComparison.Ordinal);
        Assert.Empty(failure.Data);
        Assert.Equal((null, null), (failure.Error, failure.ErrorDescription));
    }

    [Fact]
    public async Task An_error_without_a_state_ends_no_session_and_no_pending_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        var pending = await browser.ChallengeAsync("/login?returnUrl=/orders");

        await browser.GetAsync("/signin-binance?error=access_denied");

        Assert.True((await browser.SessionAsync()).SignedIn);
        var response = await browser.ReturnWithCodeAsync(pending);
        Assert.Equal("/orders", response.Location!.OriginalString);
    }

    private static async Task<BinanceAuthenticationException> FailAsync(string query)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/signin-binance" + query);

        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
        Assert.Empty(binance.Requests);
        return site.SingleFailure();
    }
}
