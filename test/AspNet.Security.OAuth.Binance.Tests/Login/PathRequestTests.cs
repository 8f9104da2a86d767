using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// Requests that end at a path of the login endpoints: the first one of a process, and a cancelled sign-in.
/// </summary>
public sealed class PathRequestTests
{
    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_callback_that_is_the_first_request_of_a_process_ends_at_the_failure_page(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        var response = await site.Browser().GetAsync("/signin-binance?error=access_denied");

        Assert.Equal("/auth/failed?failure=invalid_state", response.LocationHeader);
    }

    // Only routing reads the endpoints, and it runs after the callback.
    [Fact]
    public async Task A_callback_that_is_the_first_request_of_an_application_without_policies_ends_at_the_failure_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.FailurePath = null;
            setup.Authentication = schemes => schemes.Services.AddRouting();
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
        });

        var response = await site.Browser().GetAsync("/signin-binance?error=access_denied");

        Assert.Equal("/auth/failed?failure=invalid_state", response.LocationHeader);
    }

    [Fact]
    public async Task A_page_that_needs_a_user_redirects_to_the_login_as_the_first_request_of_a_process()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var response = await site.Browser().GetAsync("/members?page=2");

        Assert.Equal("https://site.example/auth/login?ReturnUrl=%2Fmembers%3Fpage%3D2", new Uri(new Uri("https://site.example"), response.LocationHeader).AbsoluteUri);
    }

    [Theory]
    [InlineData(null, null, "/auth/failed?failure=access_denied&returnUrl=%2Forders")]
    [InlineData("/own", null, "/own?failure=access_denied&returnUrl=%2Forders")]
    [InlineData(null, "/denied", "/denied?ReturnUrl=%2Forders")]
    [InlineData("/own", "/own", "/own?failure=access_denied&returnUrl=%2Forders")]
    public async Task A_cancelled_sign_in_ends_as_access_denied(string? failurePath, string? accessDeniedPath, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => setup.Binance = options => (options.FailurePath, options.AccessDeniedPath) = (failurePath, accessDeniedPath));

        Assert.Equal(expected, await CancelAsync(site));
    }

    [Fact]
    public async Task A_cancelled_sign_in_ends_below_the_path_base()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = "/shop");

        Assert.Equal("/shop/auth/failed?failure=access_denied&returnUrl=%2Forders", await CancelAsync(site, "/shop"));
    }

    private static async Task<string?> CancelAsync(TestSite site, string below = "")
    {
        var browser = site.Browser();
        var request = await browser.ChallengeAsync(below + "/auth/login?returnUrl=/orders");

        var response = await browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" }, below + "/signin-binance");

        return response.LocationHeader;
    }
}
