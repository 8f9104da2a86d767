using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// <see cref="BinanceAuthenticationOptions.RequireHttpsEndpoints"/>.
/// </summary>
public sealed class RequireHttpsEndpointsOptionTests
{
    [Fact]
    public void RequireHttpsEndpoints_is_on_by_default() => Assert.True(new BinanceAuthenticationOptions().RequireHttpsEndpoints);

    [Fact]
    public void Without_RequireHttpsEndpoints_plain_http_is_accepted_and_no_other_scheme()
    {
        var options = new BinanceAuthenticationOptions { ClientId = "client", ClientSecret = "secret", RequireHttpsEndpoints = false };
        options.UseServer(new Uri("http://emulator:5210"));
        options.Validate("Binance");

        options.TokenEndpoint = "ftp://emulator/oauth/token";

        Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));
    }

    [Fact]
    public async Task Without_RequireHttpsEndpoints_a_session_starts_and_ends_over_plain_http()
    {
        using var backchannel = new FuzzBackchannel();
        await using var site = await TestSite.StartAsync(new Uri("http://emulator:5210"), setup => setup.Binance = options =>
        {
            options.RequireHttpsEndpoints = false;
            options.BackchannelHttpHandler = backchannel;
        });
        var browser = site.Browser();

        await browser.SignInAsync();
        var session = await browser.SessionAsync();
        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Equal(Responses.UserId, session.UserId);
        Assert.Equal(1, backchannel.Calls(BinanceStub.RevocationPath));
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_endpoint_that_becomes_plain_http_while_the_application_runs()
    {
        using var backchannel = new FuzzBackchannel();
        await using var site = await TestSite.StartAsync(new Uri("https://server.example"), setup => setup.Binance = options => options.BackchannelHttpHandler = backchannel);
        site.Options.TokenEndpoint = "http://server.example/oauth/token";

        var response = await site.Browser().SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", response.Location!.OriginalString);
        Assert.Equal(0, backchannel.Calls(BinanceStub.TokenPath));
    }
}
