using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// Points the options of a mapped scheme and of its cookie at the endpoints, where the application has not.
/// </summary>
internal sealed class ConfigureLoginPaths(LoginGroups groups)
    : IConfigureNamedOptions<CookieAuthenticationOptions>, IValidateOptions<BinanceAuthenticationOptions>
{
    // Not as a post-configuration: the framework's own sets a login page that no application has. The application's own
    // configuration, before or after this one, wins.
    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (!options.LoginPath.HasValue)
        {
            options.LoginPath = groups.OfCookie(name, LoginRoutes.Login);
        }
    }

    public void Configure(CookieAuthenticationOptions options) => Configure(Options.DefaultName, options);

    // A validation is the last step of making options: whatever the application sets is there to be seen.
    public ValidateOptionsResult Validate(string? name, BinanceAuthenticationOptions options)
    {
        // A page of the application for all failures is the one for users who cancelled, too.
        if (!options.FailurePath.HasValue)
        {
            options.FailurePath = groups.OfScheme(name, LoginRoutes.Failed);
            options.AccessDeniedPath = options.AccessDeniedPath.HasValue ? options.AccessDeniedPath : options.FailurePath;
        }

        return ValidateOptionsResult.Skip;
    }
}
