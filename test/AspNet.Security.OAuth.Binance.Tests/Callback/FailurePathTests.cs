using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

public sealed class FailurePathTests
{
    [Fact]
    public async Task A_failed_sign_in_ends_at_the_failure_path_with_its_kind_and_the_return_url()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().SignInAsync("/orders?page=2&sort=ü");

        Assert.StartsWith("/failed?failure=invalid_grant&returnUrl=", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/orders?page=2&sort=ü", QueryHelpers.ParseQuery(response.Location.OriginalString.Split('?')[1])["returnUrl"]);
    }

    [Fact]
    public async Task The_return_url_is_kept_when_another_browser_returns_the_state()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var request = await site.Browser().ChallengeAsync("/login?returnUrl=/orders");
        var response = await site.Browser().ReturnWithCodeAsync(request);

        Assert.Equal("/failed?failure=correlation_failed&returnUrl=%2Forders", response.Location!.OriginalString);
    }

    [Fact]
    public async Task A_parameter_of_the_callback_does_not_set_the_return_url()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/signin-binance?error=access_denied&returnUrl=https://evil.example");

        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
    }

    [Fact]
    public async Task Failure_path_is_below_the_path_base()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/my shop");

        var response = await site.Browser().GetAsync("/my%20shop/signin-binance");

        Assert.Equal("/my%20shop/failed?failure=invalid_state", response.Location!.OriginalString);
    }

    [Fact]
    public async Task A_forged_host_is_not_in_the_location()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser("https://evil.example").GetAsync("/signin-binance");

        Assert.Equal("/failed?failure=invalid_state", response.Location!.OriginalString);
    }

    [Fact]
    public async Task The_application_s_failure_event_takes_precedence_over_the_failure_path()
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

        var response = await site.Browser().GetAsync("/signin-binance");

        Assert.Equal("/own?kind=InvalidState", response.Location!.OriginalString);
    }

    [Fact]
    public async Task A_failure_event_that_skips_the_handler_lets_the_request_continue()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnRemoteFailure = context =>
            {
                context.SkipHandler();
                return Task.CompletedTask;
            });

        var response = await site.Browser().GetAsync("/signin-binance");

        Assert.Equal("a page", response.Body);
    }

    [Fact]
    public async Task A_failure_has_the_properties_of_the_challenge_when_the_state_is_genuine()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, string.Empty, 503);
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().SignInAsync("/orders");

        var properties = Assert.Single(site.Failures).Properties!;
        Assert.Equal("/orders", properties.RedirectUri);
        Assert.DoesNotContain("code_verifier", properties.Items.Keys);
    }

    [Fact]
    public async Task Without_a_failure_path_the_failure_is_the_inner_exception_of_the_framework_s()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, """{"error":"invalid_grant"}""", 400);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);

        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(() => site.Browser().SignInAsync());

        var inner = Assert.IsType<BinanceAuthenticationException>(exception.InnerException);
        Assert.Equal(BinanceFailure.InvalidGrant, inner.Failure);
        Assert.Equal("invalid_grant", inner.Error);
    }

    [Fact]
    public async Task A_path_below_the_callback_path_is_not_a_callback()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/signin-binance/more?code=code&state=state");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Empty(site.Failures);
    }
}
