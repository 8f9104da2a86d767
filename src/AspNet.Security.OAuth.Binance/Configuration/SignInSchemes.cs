using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Finds the scheme that a Binance scheme signs in to, through the schemes that forward the sign-in.
/// </summary>
internal sealed class SignInSchemes(
    IAuthenticationSchemeProvider schemes,
    IOptionsMonitor<PolicySchemeOptions> policies,
    IOptionsMonitor<AuthenticationSchemeOptions> others,
    IOptionsMonitor<BinanceAuthenticationOptions> options)
{
    // A cycle of forwarding schemes never signs in.
    private const int MostForwards = 8;

    public SignInTarget Find(string binanceScheme)
    {
        string? signInScheme;
        try
        {
            signInScheme = options.Get(binanceScheme).SignInScheme;
        }
        catch (OptionsValidationException)
        {
            return new(null, null, HasInvalidOptions: true);
        }

        if (signInScheme is not null)
        {
            return FindScheme(signInScheme) is { } named ? Find(named, MostForwards) : default;
        }

        var standard = schemes.GetDefaultSignInSchemeAsync();
        return Completed(standard) is { } scheme ? Find(scheme, MostForwards)
            : standard.IsCompletedSuccessfully ? new(null, "there is no default sign-in scheme.")
            : default;
    }

    /// <summary>Finds a scheme that is known at the start.</summary>
    public AuthenticationScheme? FindScheme(string name) => Completed(schemes.GetSchemeAsync(name));

    // The framework's provider completes synchronously. The schemes of an asynchronous provider are not known at startup.
    private static T? Completed<T>(Task<T?> task)
        where T : class
        => task.IsCompletedSuccessfully ? task.Result : null;

    private SignInTarget Find(AuthenticationScheme scheme, int forwards)
    {
        if (ForwardingOf(scheme) is not { } policy)
        {
            return new(scheme, null);
        }

        if (policy.ForwardSignIn is null && policy.ForwardDefaultSelector is not null)
        {
            return default;
        }

        return (policy.ForwardSignIn ?? policy.ForwardDefault) is not { } target ? new(null, $"'{scheme.Name}' forwards a sign-in to no other scheme.")
            : forwards == 0 ? new(null, $"'{scheme.Name}' forwards a sign-in in a cycle.")
            : FindScheme(target) is { } next ? Find(next, forwards - 1)
            : default;
    }

    // A policy scheme always forwards. A handler without options of its own may forward, as Identity's for cookies and bearer tokens does.
    private AuthenticationSchemeOptions? ForwardingOf(AuthenticationScheme scheme)
        => typeof(PolicySchemeHandler).IsAssignableFrom(scheme.HandlerType) ? policies.Get(scheme.Name)
            : typeof(SignInAuthenticationHandler<AuthenticationSchemeOptions>).IsAssignableFrom(scheme.HandlerType)
                && others.Get(scheme.Name) is { } options
                && (options.ForwardSignIn ?? options.ForwardDefault) is not null ? options
            : null;
}

/// <summary>The result of <see cref="SignInSchemes.Find(string)"/>.</summary>
/// <param name="Scheme">The scheme, or <see langword="null"/> if there is none, or it is not known at startup.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="HasInvalidOptions">Whether the options of the Binance scheme are invalid, which their own check reports.</param>
internal readonly record struct SignInTarget(AuthenticationScheme? Scheme, string? Fault, bool HasInvalidOptions = false);
