using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Checks, when the application starts, that somebody can be signed in: that each sign-in scheme is one whose handler signs in. A scheme that
/// is not known at that time may be added later, and is left alone.
/// </summary>
internal sealed class SignInSchemeCheck(
    IServiceProvider services,
    IAuthenticationSchemeProvider schemes,
    IOptionsMonitor<PolicySchemeOptions> policies,
    IOptionsMonitor<AuthenticationSchemeOptions> others,
    IOptionsMonitor<BinanceAuthenticationOptions> options,
    IOptions<BinanceSchemeNames> registered)
    : IValidateOptions<SignInSchemeCheck.AtStart>
{
    // A policy scheme that forwards to itself through others never signs in.
    private const int MostForwards = 8;

    public ValidateOptionsResult Validate(string? name, AtStart unused)
    {
        if (services.GetService<IServer>() is null)
        {
            // A worker that refreshes and revokes tokens: nobody signs in there.
            return ValidateOptionsResult.Skip;
        }

        var faults = registered.Value.Names.Select(FaultOfScheme).OfType<string>().ToArray();
        return faults.Length > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    // The framework's provider has its schemes in memory. Of another one that has to wait, nothing is known at the start.
    private static T? Completed<T>(Task<T?> task)
        where T : class
        => task.IsCompletedSuccessfully ? task.Result : null;

    private string? FaultOfScheme(string scheme)
    {
        string? signInScheme;
        try
        {
            signInScheme = options.Get(scheme).SignInScheme;
        }
        catch (OptionsValidationException)
        {
            // Their own check says so.
            return null;
        }

        return FaultOf(signInScheme) is { } fault
            ? $"{nameof(BinanceAuthenticationOptions.SignInScheme)} of the scheme '{scheme}' has to be a scheme that signs users in, such as a cookie: {fault} "
                + $"Call AddCookie, and AddAuthentication with its name, or set {nameof(BinanceAuthenticationOptions.SignInScheme)}."
            : null;
    }

    private string? FaultOf(string? signInScheme)
    {
        if (signInScheme is not null)
        {
            return Completed(schemes.GetSchemeAsync(signInScheme)) is { } named ? FaultOf(named, MostForwards) : null;
        }

        var standard = schemes.GetDefaultSignInSchemeAsync();
        return Completed(standard) is { } scheme ? FaultOf(scheme, MostForwards)
            : standard.IsCompletedSuccessfully ? "there is no default sign-in scheme."
            : null;
    }

    private string? FaultOf(AuthenticationScheme scheme, int forwards)
    {
        if (ForwardingOf(scheme) is not { } policy)
        {
            return typeof(AuthenticationHandler<BearerTokenOptions>).IsAssignableFrom(scheme.HandlerType) ? $"'{scheme.Name}' writes a token into the response, which a browser shows."
                : typeof(IAuthenticationSignInHandler).IsAssignableFrom(scheme.HandlerType) ? null
                : $"'{scheme.Name}' ({scheme.HandlerType.Name}) cannot.";
        }

        if (policy.ForwardSignIn is null && policy.ForwardDefaultSelector is not null)
        {
            return null;
        }

        return (policy.ForwardSignIn ?? policy.ForwardDefault) is not { } target ? $"'{scheme.Name}' forwards a sign-in to no other scheme."
            : forwards == 0 ? $"'{scheme.Name}' forwards a sign-in in a circle."
            : Completed(schemes.GetSchemeAsync(target)) is { } next ? FaultOf(next, forwards - 1)
            : null;
    }

    // A policy scheme does nothing but forward. A handler without options of its own may, as Identity's for cookies and bearer tokens does.
    private AuthenticationSchemeOptions? ForwardingOf(AuthenticationScheme scheme)
        => typeof(PolicySchemeHandler).IsAssignableFrom(scheme.HandlerType) ? policies.Get(scheme.Name)
            : typeof(SignInAuthenticationHandler<AuthenticationSchemeOptions>).IsAssignableFrom(scheme.HandlerType)
                && others.Get(scheme.Name) is { } options
                && (options.ForwardSignIn ?? options.ForwardDefault) is not null ? options
            : null;

    /// <summary>Nothing but what the start of the application validates.</summary>
    internal sealed class AtStart;
}
