
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// An application that signs in to a temporary cookie first, and moves the login to its own cookie when the user is registered.
/// </summary>
/// <param name="SignOutFirst">Whether it signs out of the temporary cookie before it signs in to its own.</param>
/// <param name="NewProperties">Whether it signs in with new properties that contain the tokens, not with those of the login.</param>
/// <param name="RevokeOnSignOut">The option of that name.</param>
internal sealed record TemporaryCookie(bool SignOutFirst, bool NewProperties, bool RevokeOnSignOut)
{
    public const string Name = ".AspNetCore.Temporary";

    /// <summary>The application's own sessions, the temporary ones apart.</summary>
    public static SessionStorage Sessions(SessionPlace place) => new(place, "Cookies");

    public void Configure(SiteSetup setup, SessionStorage sessions)
    {
        setup.Binance = options => (options.SignInScheme, options.RevokeOnSignOut) = ("Temporary", RevokeOnSignOut);
        setup.Authentication = builder => builder.AddCookie("Temporary");
        setup.Pages["/register"] = context => MoveAsync(context, SignOutFirst, properties => NewProperties ? WithTokensOf(properties) : properties);
        setup.Pages["/register-only"] = async context =>
        {
            var login = await context.AuthenticateAsync("Temporary");
            await context.SignInAsync("Cookies", login.Principal!, login.Properties);
        };
        sessions.Configure(setup);
    }

    public static async Task MoveAsync(
        HttpContext context, bool signOutFirst, Func<AuthenticationProperties, AuthenticationProperties> properties)
    {
        var login = await context.AuthenticateAsync("Temporary");
        var moved = properties(login.Properties!);
        if (signOutFirst)
        {
            await context.SignOutAsync("Temporary");
        }

        await context.SignInAsync("Cookies", login.Principal!, moved);
        if (!signOutFirst)
        {
            await context.SignOutAsync("Temporary");
        }
    }

    private static AuthenticationProperties WithTokensOf(AuthenticationProperties properties)
    {
        var moved = new AuthenticationProperties();
        moved.StoreTokens(properties.GetTokens());
        return moved;
    }
}
