using System.Diagnostics.CodeAnalysis;
using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.HttpClients;
using AspNet.Security.OAuth.Binance.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Keeps the tokens of Login with Binance for the users of ASP.NET Core Identity.
/// </summary>
public static class BinanceIdentityBuilderExtensions
{
    /// <summary>
    /// Keeps the tokens of Login with Binance in Identity's user token store (<see cref="UserManager{TUser}.SetAuthenticationTokenAsync"/>): those of each
    /// external login that becomes a sign-in, and of each that is added to a user. They are found and refreshed by <see cref="BinanceUserTokens{TUser}"/> and by
    /// <c>AddBinanceAccessToken</c>, and revoked when the user signs out of the application's cookie, unless <see cref="BinanceAuthenticationOptions.RevokeOnSignOut"/>
    /// is switched off. The login has to be one of the user's (<see cref="UserManager{TUser}.AddLoginAsync"/>). The application does not start when the user store keeps
    /// no tokens, or when <see cref="AspNetCore.Authentication.RemoteAuthenticationOptions.SaveTokens"/> of a scheme that signs in to Identity's external cookie is switched off.
    /// </summary>
    /// <param name="builder">Identity's builder.</param>
    /// <returns>The same builder.</returns>
    public static IdentityBuilder AddBinanceTokens(this IdentityBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddBinanceCore();
        services.AddHttpContextAccessor();
        services.TryAddSingleton<UserIds>();
        Add(typeof(UserTokenStores<>));
        Add(typeof(UserTokensEnd<>));
        Add(typeof(CurrentUserTokens<>));
        Add(typeof(ExternalLogins<>));
        Add(typeof(CompletedLogins<>));
        services.TryAddSingleton(typeof(IUserTokens), Of(typeof(IdentityCookies<>)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IAccessTokenSource), Of(typeof(UserAccessTokens<>))));
        services.TryAddScoped(Of(typeof(BinanceUserTokens<>)), Of(typeof(RegisteredUserTokens<>)));

        services.AddOptions<UserTokensStart>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IValidateOptions<UserTokensStart>), Of(typeof(UserTokensCheck<>))));
        return builder;

        void Add([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type service) => services.TryAddSingleton(Of(service));

        [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type parameter has no requirements but that it is a class.")]
        [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Identity's user is a reference type, whose generic instantiations share code.")]
        [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
        Type Of([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type service) => service.MakeGenericType(builder.UserType);
    }
}
