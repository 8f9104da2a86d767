using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The rules for <see cref="BinanceAuthenticationOptions"/>.
/// </summary>
internal static class BinanceAuthenticationOptionsRules
{
    // The parameters that the handler sets in each authorization request.
    private static readonly string[] _parameters
        = ["client_id", "scope", "response_type", "redirect_uri", "code_challenge", "code_challenge_method", "state"];

    /// <summary>Returns an explanation of each option that is wrong.</summary>
    public static IEnumerable<string> FaultsOf(BinanceAuthenticationOptions options, string scheme)
        => ClientFaults(options, scheme).Concat(EndpointFaults(options)).Concat(BehaviourFaults(options));

    /// <summary>Returns a value indicating whether a token or a secret may be sent to an address: over https, on loopback, or if https is not required.</summary>
    public static bool IsAllowed(Uri address, bool requireHttps) => !requireHttps || address.Scheme == Uri.UriSchemeHttps || address.IsLoopback;

    private static IEnumerable<string> ClientFaults(BinanceAuthenticationOptions options, string scheme)
    {
        if (string.IsNullOrWhiteSpace(options.ClientId))
        {
            yield return Missing(nameof(options.ClientId), scheme);
        }

        if (!options.IsPublicClient && string.IsNullOrWhiteSpace(options.ClientSecret))
        {
            yield return Missing(nameof(options.ClientSecret), scheme)
                + $" (A client that has none sets {nameof(options.IsPublicClient)}.)";
        }

        if (options.IsPublicClient && !string.IsNullOrEmpty(options.ClientSecret))
        {
            yield return $"{nameof(options.ClientSecret)} must not be set together with {nameof(options.IsPublicClient)}: a public client has no secret.";
        }

        if (options.IsPublicClient && !options.UsePkce)
        {
            yield return $"{nameof(options.UsePkce)} must not be switched off together with {nameof(options.IsPublicClient)}: nothing else protects a public client's code.";
        }
    }

    private static IEnumerable<string> EndpointFaults(BinanceAuthenticationOptions options)
    {
        (string Name, string? Value)[] endpoints =
        [
            (nameof(options.AuthorizationEndpoint), options.AuthorizationEndpoint),
            (nameof(options.TokenEndpoint), options.TokenEndpoint),
            (nameof(options.UserInformationEndpoint), options.UserInformationEndpoint),
            (nameof(options.RevocationEndpoint), options.RevocationEndpoint),
        ];

        foreach (var (name, value) in endpoints)
        {
            // RFC 6749 sections 3.1 and 3.2: an endpoint has no fragment.
            if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Fragment.Length > 0)
            {
                yield return $"{name} has to be an absolute http or https URL without a fragment.";
            }
            else if (!IsAllowed(uri, options.RequireHttpsEndpoints))
            {
                yield return $"{name} has to be https. For a network that others cannot read, set {nameof(options.RequireHttpsEndpoints)} to false.";
            }
        }

        if (!options.CallbackPath.HasValue)
        {
            yield return $"{nameof(options.CallbackPath)} has to be a path on this site, for example {BinanceAuthenticationDefaults.CallbackPath}.";
        }

        (string Name, PathString Path)[] paths =
        [
            (nameof(options.CallbackPath), options.CallbackPath),
            (nameof(options.FailurePath), options.FailurePath),
            (nameof(options.AccessDeniedPath), options.AccessDeniedPath),
        ];
        foreach (var (name, path) in paths)
        {
            if (path.Value?.AsSpan().ContainsAny('?', '#') is true)
            {
                yield return $"{name} has to be a path without a query and a fragment: they would be escaped.";
            }
        }

        foreach (var (name, path) in paths[1..])
        {
            if (path.HasValue && path == options.CallbackPath)
            {
                yield return $"{name} must not be the {nameof(options.CallbackPath)}: a failed sign-in would never end.";
            }
        }

        if (!BinanceEndpoints.IsLocale(options.Locale))
        {
            yield return $"{nameof(options.Locale)}: a language is two letters, and may have a region of two to four letters: 'tr', 'zh-TW'.";
        }
    }

    private static IEnumerable<string> BehaviourFaults(BinanceAuthenticationOptions options)
    {
        if (options.Scope.All(string.IsNullOrWhiteSpace))
        {
            yield return $"{nameof(options.Scope)} must not be empty: request {BinanceAuthenticationConstants.Scopes.OpenId} at least.";
        }

        // RFC 6749 section 3.1: a parameter must not be repeated.
        foreach (var name in _parameters.Where(options.AdditionalAuthorizationParameters.ContainsKey))
        {
            yield return $"{nameof(options.AdditionalAuthorizationParameters)} must not have {name}: each sign-in has its own.";
        }

        if (options.RevokeOnSignOut && !options.SaveTokens)
        {
            yield return $"{nameof(options.RevokeOnSignOut)} needs {nameof(options.SaveTokens)}: a token that is not kept cannot be revoked. Set both, or neither.";
        }

        if (options.AutomaticRefresh && !options.SaveTokens)
        {
            yield return $"{nameof(options.AutomaticRefresh)} needs {nameof(options.SaveTokens)}: a token that is not kept cannot be refreshed. Set both, or neither.";
        }

        if (options.RefreshBeforeExpiration < TimeSpan.Zero || options.RefreshBeforeExpiration > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(options.RefreshBeforeExpiration)} has to be between zero and one day.";
        }

        if (!IsDuration(options.BackchannelTimeout))
        {
            yield return $"{nameof(options.BackchannelTimeout)} has to be longer than zero and shorter than 24 days.";
        }

        if (!IsDuration(options.RemoteAuthenticationTimeout))
        {
            yield return $"{nameof(options.RemoteAuthenticationTimeout)} has to be longer than zero and shorter than 24 days.";
        }

        if (!IsDuration(options.RevocationTimeout))
        {
            yield return $"{nameof(options.RevocationTimeout)} has to be longer than zero and shorter than 24 days.";
        }
    }

    // The longest time that a timer can count is int.MaxValue milliseconds.
    private static bool IsDuration(TimeSpan value) => value > TimeSpan.Zero && value.TotalMilliseconds < int.MaxValue;

    private static string Missing(string option, string scheme)
        => $"{option} is missing: set it in AddBinance, or in the configuration as Authentication:Schemes:{scheme}:{option}.";
}
