using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// The pages of an external login, as in ASP.NET Core Identity's templates.
/// </summary>
internal static class IdentityPages
{
    public static Task LogInAsync(HttpContext context)
        => context.ChallengeAsync("Binance", SignIn(context).ConfigureExternalAuthenticationProperties("Binance", "/linked"));

    public static async Task LinkAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var info = (await signIn.GetExternalLoginInfoAsync())!;
        var known = await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false);
        if (!known.Succeeded)
        {
            var user = new IdentityUser(info.ProviderKey) { Email = info.Principal.FindFirstValue(ClaimTypes.Email) };
            Assert.True((await signIn.UserManager.CreateAsync(user)).Succeeded);
            Assert.True((await signIn.UserManager.AddLoginAsync(user, info)).Succeeded);
            await signIn.SignInAsync(user, isPersistent: false, info.LoginProvider);
        }

        await signIn.UpdateExternalAuthenticationTokensAsync(info);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        await context.Response.WriteAsync(known.Succeeded ? "known" : "created", context.RequestAborted);
    }

    public static Task LogOutAsync(HttpContext context) => SignIn(context).SignOutAsync();

    private static SignInManager<IdentityUser> SignIn(HttpContext context)
        => context.RequestServices.GetRequiredService<SignInManager<IdentityUser>>();
}
