using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// <see cref="BinanceAuthenticationOptions.RequireHttpsEndpoints"/>.
/// </summary>
public sealed class RequireHttpsEndpointsTests
{
    [Fact]
    public void It_is_on_by_default() => Assert.True(new BinanceAuthenticationOptions().RequireHttpsEndpoints);

    [Fact]
    public void Switched_off_it_lets_plain_http_pass_and_nothing_else()
    {
        var options = new BinanceAuthenticationOptions { ClientId = "client", ClientSecret = "secret", RequireHttpsEndpoints = false };
        options.UseServer(new Uri("http://emulator:5210"));
        options.Validate("Binance");

        options.TokenEndpoint = "ftp://emulator/oauth/token";

        Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));
    }

    [Fact]
    public async Task Switched_off_a_session_is_begun_and_ended_over_plain_http()
    {
        using var backchannel = new FuzzBackchannel();
        await using var site = await TestSite.StartAsync(new Uri("http://emulator:5210"), setup => setup.Binance = options =>
        {
            options.RequireHttpsEndpoints = false;
            options.BackchannelHttpHandler = backchannel;
        });
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();
        var session = await browser.SessionAsync();
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Equal(Answers.UserId, session.UserId);
        Assert.Equal(1, backchannel.Calls(BinanceStub.RevocationPath));
    }

    [Fact]
    public async Task An_endpoint_that_becomes_plain_http_while_the_application_runs_is_sent_nothing()
    {
        using var backchannel = new FuzzBackchannel();
        await using var site = await TestSite.StartAsync(new Uri("https://server.example"), setup => setup.Binance = options => options.BackchannelHttpHandler = backchannel);
        site.Options.TokenEndpoint = "http://server.example/oauth/token";

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", response.Headers.Location!.OriginalString);
        Assert.Equal(0, backchannel.Calls(BinanceStub.TokenPath));
    }
}
