using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Checks at startup that the handler of each sign-in scheme can sign users in. A scheme that
/// is not known at startup may be added later, and is not checked.
/// </summary>
internal sealed class SignInSchemeCheck(IServiceProvider services, SignInSchemes signIns, IOptions<BinanceSchemeNames> registered)
    : IValidateOptions<SignInSchemeCheck.AtStart>
{
    public ValidateOptionsResult Validate(string? name, AtStart unused)
    {
        if (services.GetService<IServer>() is null)
        {
            // A worker that refreshes and revokes tokens has no sign-ins.
            return ValidateOptionsResult.Skip;
        }

        var faults = registered.Value.Names.Select(FaultOfScheme).OfType<string>().ToArray();
        return faults.Length > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private string? FaultOfScheme(string scheme)
    {
        var target = signIns.Find(scheme);
        return (target.Fault ?? FaultOf(target.Scheme)) is { } fault
            ? $"{nameof(BinanceAuthenticationOptions.SignInScheme)} of the scheme '{scheme}' has to be a scheme that signs users in, such as a cookie: {fault} "
                + $"Call AddCookie, and AddAuthentication with its name, or set {nameof(BinanceAuthenticationOptions.SignInScheme)}."
            : null;
    }

    private static string? FaultOf(AuthenticationScheme? scheme)
        => scheme is null || scheme.HandlerType is not { } handler ? null
            : typeof(AuthenticationHandler<BearerTokenOptions>).IsAssignableFrom(handler) ? $"'{scheme.Name}' writes a token into the response, where the browser displays it."
            : typeof(IAuthenticationSignInHandler).IsAssignableFrom(handler) ? null
            : $"'{scheme.Name}' ({handler.Name}) cannot.";

    /// <summary>Options without members, validated at startup.</summary>
    internal sealed class AtStart;
}
