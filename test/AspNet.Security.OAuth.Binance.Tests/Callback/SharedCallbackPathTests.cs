using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Two schemes on one callback path: the first leaves a callback that is not its own to the second.
/// </summary>
public sealed class SharedCallbackPathTests
{
    [Fact]
    public async Task The_second_scheme_s_sign_in_is_a_separate_delivery()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.Events.OnRemoteFailure = context =>
            {
                context.SkipHandler();
                return Task.CompletedTask;
            };
            setup.Authentication = authentication => authentication.AddBinance("Other", options =>
            {
                (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-binance");
                options.UseServer(binance.Address);
            });
        });
        using var signIns = new MetricCollector<long>(site.Services.GetRequiredService<IMeterFactory>(), "AspNet.Security.OAuth.Binance", "binance.sign_ins");
        var browser = site.Browser();

        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?scheme=Other&returnUrl=/orders"));

        Assert.Equal("/orders", response.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(
            [("Binance", "failed"), ("Other", "success")],
            signIns.GetMeasurementSnapshot().Select(counted => ((string)counted.Tags["binance.scheme"]!, (string)counted.Tags["binance.outcome"]!)));
    }
}
