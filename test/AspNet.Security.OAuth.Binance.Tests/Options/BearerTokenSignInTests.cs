using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The framework's bearer tokens "sign in" by writing a token into the response, which a browser that comes back from Binance shows as text.
/// Identity's API endpoints make them the default.
/// </summary>
public sealed class BearerTokenSignInTests
{
    private static readonly Dictionary<string, Func<IServiceCollection, AuthenticationBuilder>> _setUps = new()
    {
        ["bearer tokens as the default"] = services => services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken(),
        ["Identity's API endpoints"] = services =>
        {
            services.AddIdentityApiEndpoints<IdentityUser>();
            return services.AddAuthentication();
        },
    };

    public static TheoryData<string> SetUps => [.. _setUps.Keys];

    [Theory]
    [MemberData(nameof(SetUps))]
    public async Task They_are_refused_at_start(string setUp)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var site = await TestSite.StartAsync(binance, setup => setup.Schemes = _setUps[setUp]);
        });

        Assert.Contains(nameof(BinanceAuthenticationOptions.SignInScheme), exception.Message, StringComparison.Ordinal);
    }
}
