using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Of two schemes with one callback path, the first takes the callbacks of both, and each sign-in with the second one fails.
/// </summary>
public sealed class SharedCallbackPathTests
{
    [Theory]
    [InlineData("/signin-binance")]
    [InlineData("/SignIn-Binance")]
    public async Task It_is_refused_at_start_by_the_option_s_name(string path)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var site = await TestSite.StartAsync(binance, setup => setup.Authentication = schemes => schemes.AddBinance("Partner", options =>
            {
                (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "hush", path);
                options.UseServer(binance.Address);
            }));
        });

        Assert.Contains(nameof(BinanceAuthenticationOptions.CallbackPath), exception.Message, StringComparison.Ordinal);
        Assert.Contains("Partner", exception.Message, StringComparison.Ordinal);
    }
}
