using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

public sealed class WithoutFailurePathTests
{
    [Fact]
    public async Task A_cancelled_sign_in_is_an_exception_that_names_the_options_for_a_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);
        var browser = site.Browser();
        var challenge = await browser.ChallengeAsync();

        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(
            () => browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = challenge.State }));

        Assert.Contains("access_denied", exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(BinanceAuthenticationOptions.FailurePath), exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(BinanceAuthenticationOptions.AccessDeniedPath), exception.Message, StringComparison.Ordinal);
        Assert.Equal(BinanceFailure.AccessDenied, Assert.IsType<BinanceAuthenticationException>(exception.InnerException).Failure);
    }

    [Fact]
    public async Task Failure_of_a_request_is_an_exception_with_its_kind()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, "{}", status: 503);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);

        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(() => site.Browser().SignInAsync());

        Assert.Contains("'Binance' failed (unavailable)", exception.Message, StringComparison.Ordinal);
        Assert.Equal(BinanceFailure.Unavailable, Assert.IsType<BinanceAuthenticationException>(exception.InnerException).Failure);
    }
}
