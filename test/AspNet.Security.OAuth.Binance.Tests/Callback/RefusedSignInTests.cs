using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

public sealed class RefusedSignInTests
{
    [Fact]
    public async Task A_cancelled_sign_in_is_access_denied()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var (failure, location) = await ReturnAsync(site, new() { ["error"] = "access_denied", ["error_description"] = "No." });

        Assert.Equal(BinanceFailure.AccessDenied, failure.Failure);
        Assert.Equal("access_denied", failure.Error);
        Assert.Equal("/failed?failure=access_denied&returnUrl=%2Forders", location);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task A_cancelled_sign_in_redirects_to_the_access_denied_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = site.Browser();

        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        var response = await browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        Assert.Equal("/denied?ReturnUrl=%2Forders", response.Location!.OriginalString);
        Assert.Empty(site.Failures);
        Assert.Empty(binance.Requests);
    }

    [Fact]
    public async Task The_application_s_access_denied_event_runs_first()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnAccessDenied = context =>
            {
                context.Response.Redirect("/own?to=" + context.ReturnUrl);
                context.HandleResponse();
                return Task.CompletedTask;
            });
        var browser = site.Browser();

        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        var response = await browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        Assert.Equal("/own?to=/orders", response.Location!.OriginalString);
        Assert.Empty(site.Failures);
    }

    [Fact]
    public async Task Without_any_path_a_cancelled_sign_in_is_the_inner_exception_of_the_framework_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(
            () => browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" }));

        var inner = Assert.IsType<BinanceAuthenticationException>(exception.InnerException);
        Assert.Equal(BinanceFailure.AccessDenied, inner.Failure);
    }

    [Theory]
    [InlineData("invalid_request")]
    [InlineData("unauthorized_client")]
    [InlineData("invalid_scope")]
    [InlineData("server_error")]
    [InlineData("temporarily_unavailable")]
    [InlineData("ACCESS_DENIED")]
    [InlineData("117041")]
    public async Task The_exception_has_the_code_and_the_description_of_an_authorization_error(string error)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var (failure, location) = await ReturnAsync(site, new() { ["error"] = error, ["error_description"] = "Some words." });

        Assert.Equal(BinanceFailure.AuthorizationError, failure.Failure);
        Assert.Equal(error, failure.Error);
        Assert.Equal("Some words.", failure.ErrorDescription);
        Assert.Equal("/failed?failure=authorization_error&returnUrl=%2Forders", location);
    }

    [Theory]
    [InlineData("line\r\nbreak")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("bad code")]
    [InlineData("\u2028")]
    public async Task An_error_that_is_not_an_error_code_is_dropped(string error)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var (failure, location) = await ReturnAsync(site, new() { ["error"] = error });

        Assert.Equal(BinanceFailure.AuthorizationError, failure.Failure);
        Assert.Null(failure.Error);
        Assert.DoesNotContain(error, failure + site.LogText, StringComparison.Ordinal);
        Assert.Equal("/failed?failure=authorization_error&returnUrl=%2Forders", location);
    }

    [Fact]
    public async Task A_description_is_shortened_and_has_no_control_characters()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var (failure, _) = await ReturnAsync(
            site, new() { ["error"] = "invalid_scope", ["error_description"] = "one\r\ninfo: forged\u0000" + new string('x', 5000) });

        Assert.StartsWith("one  info: forged xxx", failure.ErrorDescription, StringComparison.Ordinal);
        Assert.Equal(256, failure.ErrorDescription!.Length);
        Assert.DoesNotContain("forged", site.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_megabyte_in_the_error_parameters_is_shortened_in_the_exception_and_the_log()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var megabyte = new string('x', 1024 * 1024);

        var request = await browser.ChallengeAsync();
        var query = QueryHelpers.AddQueryString(
            string.Empty, new Dictionary<string, string?> { ["state"] = request.State, ["error"] = megabyte, ["error_description"] = megabyte });
        var response = await site.Server.SendAsync(context =>
        {
            context.Request.Path = "/signin-binance";
            context.Request.QueryString = new QueryString(query);
            context.Request.Headers.Cookie = browser.CookieHeader("/signin-binance");
        }, TestContext.Current.CancellationToken);

        var failure = site.SingleFailure();
        Assert.Equal(StatusCodes.Status302Found, response.Response.StatusCode);
        Assert.Equal(BinanceFailure.AuthorizationError, failure.Failure);
        Assert.Null(failure.Error);
        Assert.Equal(256, failure.ErrorDescription!.Length);
        Assert.True(site.LogText.Length < 10_000);
    }

    private static async Task<(BinanceAuthenticationException Failure, string Location)> ReturnAsync(
        TestSite site, Dictionary<string, string?> query)
    {
        var browser = site.Browser();
        query["state"] = (await browser.ChallengeAsync("/login?returnUrl=/orders")).State;
        var response = await browser.ReturnWithQueryAsync(query);
        return (site.SingleFailure(), response.Location!.OriginalString);
    }
}
