using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class FailurePathTests
{
    [Theory]
    [InlineData(401, "{\"error\":\"invalid_client\"}", "invalid_client", LogLevel.Error)]
    [InlineData(400, "{\"error\":\"invalid_grant\"}", "invalid_grant", LogLevel.Warning)]
    [InlineData(400, "{\"error\":\"invalid_scope\"}", "token_error", LogLevel.Warning)]
    [InlineData(503, "", "unavailable", LogLevel.Warning)]
    [InlineData(200, "[]", "invalid_response", LogLevel.Warning)]
    public async Task A_failed_sign_in_ends_at_the_failure_path_and_is_logged_once_by_the_provider(int status, string body, string kind, LogLevel level)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, body, status);
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync("/orders?page=2&sort=ü");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith($"/failed?failure={kind}&returnUrl=", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/orders?page=2&sort=ü", QueryOf(response)["returnUrl"]);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(level, Assert.Single(site.Logs, record => record.Id.Name == "SignInFailed").Level);
    }

    [Fact]
    public async Task A_refusal_by_user_info_ends_at_the_failure_path()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, Answers.UserWith("success", "false"));
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).SignInAsync("/");

        Assert.Equal("/failed?failure=api_error&returnUrl=%2F", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_return_url_is_kept_when_another_browser_brings_the_state()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var request = await new SiteBrowser(site).ChallengeAsync("/login?returnUrl=/orders");
        using var response = await new SiteBrowser(site).ComeBackWithCodeAsync(request);

        Assert.Equal("/failed?failure=correlation_failed&returnUrl=%2Forders", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_callback_that_anybody_may_write_chooses_no_return_url()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance?error=access_denied&returnUrl=https://evil.example");

        Assert.Equal("/failed?failure=invalid_state", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Failure_path_is_below_the_path_that_the_site_is_mounted_at()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/my shop");

        using var response = await new SiteBrowser(site).GetAsync("/my%20shop/signin-binance");

        Assert.Equal("/my%20shop/failed?failure=invalid_state", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_forged_host_does_not_become_the_location()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site, "https://evil.example").GetAsync("/signin-binance");

        Assert.Equal("/failed?failure=invalid_state", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task An_own_handler_of_the_failure_wins_over_the_failure_path()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnRemoteFailure = context =>
            {
                var failure = Assert.IsType<BinanceAuthenticationException>(context.Failure);
                context.Response.Redirect("/own?kind=" + failure.Failure);
                context.HandleResponse();
                return Task.CompletedTask;
            });

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance");

        Assert.Equal("/own?kind=InvalidState", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_handler_that_skips_lets_the_request_go_on()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnRemoteFailure = context =>
            {
                context.SkipHandler();
                return Task.CompletedTask;
            });

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance");

        Assert.Equal("a page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Failure_carries_the_properties_of_the_challenge_when_the_state_was_genuine()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, string.Empty, 503);
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        var properties = Assert.Single(site.Failures).Properties!;
        Assert.Equal("/orders", properties.RedirectUri);
        Assert.DoesNotContain("code_verifier", properties.Items.Keys);
    }

    [Fact]
    public async Task Without_a_failure_path_the_failure_is_the_frameworks_exception_with_ours_inside()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);

        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(() => new SiteBrowser(site).SignInAsync());

        var inner = Assert.IsType<BinanceAuthenticationException>(exception.InnerException);
        Assert.Equal(BinanceFailure.InvalidGrant, inner.Failure);
        Assert.Equal("invalid_grant", inner.Error);
    }

    [Fact]
    public async Task A_page_beside_the_callback_is_none_of_its_business()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).GetAsync("/signin-binance/more?code=code&state=state");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(site.Failures);
    }

    private static Dictionary<string, string> QueryOf(HttpResponseMessage response)
        => QueryHelpers.ParseQuery(response.Headers.Location!.OriginalString.Split('?')[1])
            .ToDictionary(parameter => parameter.Key, parameter => parameter.Value.Single()!);
}
