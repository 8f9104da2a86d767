using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// The framework's bearer token handler signs in by writing a token into the response, which the browser at the callback would show as text.
/// Identity's API endpoints make it the default.
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
    public async Task Bearer_tokens_are_refused_as_the_sign_in_scheme_at_start(string setUp)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var site = await TestSite.StartAsync(binance, setup => setup.Schemes = _setUps[setUp]);
        });

        Assert.Contains(nameof(BinanceAuthenticationOptions.SignInScheme), exception.Message, StringComparison.Ordinal);
    }
}
