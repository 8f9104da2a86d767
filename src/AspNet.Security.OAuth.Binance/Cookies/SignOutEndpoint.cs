using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Marks an endpoint that signs out. There, and at a cookie's <see cref="CookieAuthenticationOptions.LogoutPath"/>, tokens are not refreshed: the
/// sign-out would wait for tokens that it then revokes.
/// </summary>
internal sealed class SignOutEndpoint
{
    public static bool IsOf(HttpContext context, CookieAuthenticationOptions options)
        => context.GetEndpoint()?.Metadata.GetMetadata<SignOutEndpoint>() is not null
            || (options.LogoutPath.HasValue && options.LogoutPath == (context.Features.Get<IAuthenticationFeature>()?.OriginalPath ?? context.Request.Path));
}
