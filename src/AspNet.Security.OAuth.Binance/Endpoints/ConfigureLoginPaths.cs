using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// Points the options of a mapped scheme and of its cookie at the endpoints, unless the application has set them.
/// </summary>
internal sealed class ConfigureLoginPaths(LoginGroups groups)
    : IConfigureNamedOptions<CookieAuthenticationOptions>, IValidateOptions<BinanceAuthenticationOptions>
{
    // Not a post-configuration: the framework's own sets a default login path before. The application's configuration,
    // before or after this one, takes precedence.
    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (!options.LoginPath.HasValue)
        {
            options.LoginPath = groups.OfCookie(name, LoginRoutes.Login);
        }
    }

    public void Configure(CookieAuthenticationOptions options) => Configure(Options.DefaultName, options);

    // Validation is the last step in the creation of options: everything that the application sets is known by then.
    public ValidateOptionsResult Validate(string? name, BinanceAuthenticationOptions options)
    {
        // An application's page for all failures also handles users who cancelled.
        if (!options.FailurePath.HasValue)
        {
            options.FailurePath = groups.OfScheme(name, LoginRoutes.Failed);
            options.AccessDeniedPath = options.AccessDeniedPath.HasValue ? options.AccessDeniedPath : options.FailurePath;
        }

        return ValidateOptionsResult.Skip;
    }
}
