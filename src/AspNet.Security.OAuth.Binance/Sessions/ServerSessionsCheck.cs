using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Checks at startup that sessions are kept on the server. Otherwise they would be kept in the cookie without notice.
/// </summary>
internal sealed class ServerSessionsCheck(IServiceProvider services, ServerSessionCookies cookies, IOptionsMonitor<CookieAuthenticationOptions> options)
    : IValidateOptions<ServerSessionsCheck.AtStart>
{
    public ValidateOptionsResult Validate(string? name, AtStart unused)
    {
        if (services.GetService<IServer>() is null)
        {
            // A worker that ends sessions has no cookies.
            return ValidateOptionsResult.Skip;
        }

        List<string> faults = [.. cookies.Faults];
        foreach (var cookie in cookies.Names)
        {
            try
            {
                var found = options.Get(cookie);
                if (found.SessionStore is not ServerSessionStore)
                {
                    faults.Add($"The cookie '{cookie}' has a {nameof(found.SessionStore)} that replaces the one of AddBinanceServerSessions. Remove one of the two.");
                }

                if ((found.ForwardSignIn ?? found.ForwardDefault ?? (found.ForwardDefaultSelector is null ? null : "another scheme")) is { } target)
                {
                    faults.Add($"The cookie '{cookie}' forwards its sign-ins to {target}: name that one in AddBinanceServerSessions.");
                }
            }
            catch (OptionsValidationException exception)
            {
                faults.AddRange(exception.Failures);
            }
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    /// <summary>Options without members, validated at startup.</summary>
    internal sealed class AtStart;
}
