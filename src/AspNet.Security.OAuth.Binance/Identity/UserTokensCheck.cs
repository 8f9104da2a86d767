using AspNet.Security.OAuth.Binance.Configuration;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Checks at startup that tokens can be kept: that Identity's store supports tokens, and that the schemes of external logins save them.
/// </summary>
internal sealed class UserTokensCheck<TUser>(
    IServiceScopeFactory scopes, SignInSchemes signIns, IOptions<BinanceSchemeNames> registered, IOptionsMonitor<BinanceAuthenticationOptions> options)
    : IValidateOptions<UserTokensStart>
    where TUser : class
{
    public ValidateOptionsResult Validate(string? name, UserTokensStart unused)
    {
        List<string> faults = [.. registered.Value.Names.Where(KeepsNothing).Select(static scheme
            => $"AddBinanceTokens keeps the tokens of the scheme '{scheme}', which has none: switch {nameof(BinanceAuthenticationOptions.SaveTokens)} on.")];
        using var scope = scopes.CreateScope();
        if (scope.ServiceProvider.GetService<IUserStore<TUser>>() is { } store and not IUserAuthenticationTokenStore<TUser>)
        {
            faults.Add($"AddBinanceTokens keeps tokens in Identity's user store, and {store.GetType().Name} does not implement {nameof(IUserAuthenticationTokenStore<>)}.");
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    // A scheme with wrong options is reported by their own check.
    private bool KeepsNothing(string scheme)
        => signIns.Find(scheme) is { HasInvalidOptions: false, Scheme.Name: { } target }
            && target == IdentityConstants.ExternalScheme
            && !options.Get(scheme).SaveTokens;
}

/// <summary>Options without members, validated at startup.</summary>
internal sealed class UserTokensStart;
