using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Endpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>
/// Maps the endpoints of "Login with Binance": for a single-page app, Blazor, and every site without pages of its own for them.
/// </summary>
public static class BinanceLoginEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>GET login</c>, <c>POST logout</c>, <c>GET user</c> and <c>GET failed</c>, which allow anonymous users. Of the
    /// options that the application has not set, <see cref="CookieAuthenticationOptions.LoginPath"/> of the cookie that the scheme signs in to becomes the path of <c>login</c>,
    /// and <see cref="BinanceAuthenticationOptions.FailurePath"/> and <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/> become that of <c>failed</c>.
    /// The first group that is mapped for a scheme, and for a cookie, does so; a group whose prefix has parameters does not.
    /// </summary>
    /// <param name="endpoints">Where to map, for example a group: <c>app.MapGroup("/auth")</c>.</param>
    /// <param name="scheme">The scheme to sign in with. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <returns>A builder for conventions of all four endpoints.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> or <paramref name="scheme"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="scheme"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">
    /// <c>AddBinance</c> was not called with that name, or the scheme signs in to ASP.NET Core Identity's external cookie, which does not sign in to the application: Identity has endpoints of its own.
    /// </exception>
    /// <remarks>
    /// <c>POST logout</c> needs an antiforgery token, or from a script the header <c>X-CSRF: 1</c> on a request of the same origin.
    /// </remarks>
    public static IEndpointConventionBuilder MapBinanceLogin(
        this IEndpointRouteBuilder endpoints, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        var services = endpoints.ServiceProvider;
        var groups = services.GetService<LoginGroups>()
            ?? throw new InvalidOperationException("MapBinanceLogin needs a Binance scheme: call AddBinance.");
        var group = LoginGroup.Create(scheme, services.GetRequiredService<BinanceSchemes>(), services.GetRequiredService<SignInSchemes>());
        return LoginRoutes.Map(endpoints, groups.Add(group));
    }
}
