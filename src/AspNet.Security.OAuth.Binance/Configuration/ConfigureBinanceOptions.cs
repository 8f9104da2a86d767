using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// Reads a scheme's options from <c>Authentication:Schemes:{scheme}</c>, one by one: the configuration binder
/// uses reflection, which does not work with trimming and Native AOT.
/// </summary>
internal sealed class ConfigureBinanceOptions(IServiceProvider services) : IConfigureNamedOptions<BinanceAuthenticationOptions>
{
    public void Configure(string? name, BinanceAuthenticationOptions options)
    {
        // A host without configuration is valid: the delegate sets everything.
        if (string.IsNullOrEmpty(name) || services.GetService<IConfiguration>() is null)
        {
            return;
        }

        var provider = services.GetRequiredService<IAuthenticationConfigurationProvider>();
        Apply(new SchemeSettings(provider.GetSchemeConfiguration(name), name), options);
    }

    public void Configure(BinanceAuthenticationOptions options) => Configure(Options.DefaultName, options);

    private static void Apply(SchemeSettings settings, BinanceAuthenticationOptions options)
    {
        options.ClientId = settings.Text(nameof(options.ClientId)) ?? options.ClientId;
        options.ClientSecret = settings.Text(nameof(options.ClientSecret)) ?? options.ClientSecret;
        options.IsPublicClient = settings.Flag(nameof(options.IsPublicClient)) ?? options.IsPublicClient;

        options.AuthorizationEndpoint = settings.Text(nameof(options.AuthorizationEndpoint)) ?? options.AuthorizationEndpoint;
        options.TokenEndpoint = settings.Text(nameof(options.TokenEndpoint)) ?? options.TokenEndpoint;
        options.UserInformationEndpoint = settings.Text(nameof(options.UserInformationEndpoint)) ?? options.UserInformationEndpoint;
        options.RevocationEndpoint = settings.Text(nameof(options.RevocationEndpoint)) ?? options.RevocationEndpoint;

        options.RequireHttpsEndpoints = settings.Flag(nameof(options.RequireHttpsEndpoints)) ?? options.RequireHttpsEndpoints;

        options.CallbackPath = settings.Path(nameof(options.CallbackPath)) ?? options.CallbackPath;
        options.AccessDeniedPath = settings.Path(nameof(options.AccessDeniedPath)) ?? options.AccessDeniedPath;
        options.FailurePath = settings.Path(nameof(options.FailurePath)) ?? options.FailurePath;
        options.ReturnUrlParameter = settings.Text(nameof(options.ReturnUrlParameter)) ?? options.ReturnUrlParameter;

        options.Locale = settings.Text(nameof(options.Locale)) ?? options.Locale;
        options.UsePkce = settings.Flag(nameof(options.UsePkce)) ?? options.UsePkce;
        options.SaveTokens = settings.Flag(nameof(options.SaveTokens)) ?? options.SaveTokens;
        options.SignInScheme = settings.Text(nameof(options.SignInScheme)) ?? options.SignInScheme;
        options.ClaimsIssuer = settings.Text(nameof(options.ClaimsIssuer)) ?? options.ClaimsIssuer;
        options.AutomaticRefresh = settings.Flag(nameof(options.AutomaticRefresh)) ?? options.AutomaticRefresh;
        options.RefreshBeforeExpiration = settings.Duration(nameof(options.RefreshBeforeExpiration)) ?? options.RefreshBeforeExpiration;
        options.RevokeOnSignOut = settings.Flag(nameof(options.RevokeOnSignOut)) ?? options.RevokeOnSignOut;

        options.BackchannelTimeout = settings.Duration(nameof(options.BackchannelTimeout)) ?? options.BackchannelTimeout;
        options.RemoteAuthenticationTimeout = settings.Duration(nameof(options.RemoteAuthenticationTimeout)) ?? options.RemoteAuthenticationTimeout;
        options.RevocationTimeout = settings.Duration(nameof(options.RevocationTimeout)) ?? options.RevocationTimeout;

        // Configured scopes replace the default.
        if (settings.List(nameof(options.Scope)) is { Length: > 0 } scopes)
        {
            options.Scope.Clear();
            foreach (var scope in scopes)
            {
                options.Scope.Add(scope);
            }
        }
    }
}
