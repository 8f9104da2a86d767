using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// The pages of Identity's default UI, with the same calls in the same order and without HTML: each writes its result. A form's fields are in the query.
/// </summary>
internal static class AccountPages<TUser>
    where TUser : class, new()
{
    public const string SignedIn = "signed in";
    public const string Unknown = "unknown login";
    public const string LockedOut = "locked out";
    public const string SecondFactor = "second factor";
    public const string NotConfirmed = "not confirmed";
    public const string NotAdded = "not added";

    public static void AddTo(SiteSetup setup)
    {
        setup.Pages["/login"] = context => ChallengeAsync(context, "/ExternalLogin/Callback", user: null);
        setup.Pages["/ExternalLogin/Callback"] = CallbackAsync;
        setup.Pages["/ExternalLogin/Confirmation"] = ConfirmAsync;
        setup.Pages["/Login"] = LogInAsync;
        setup.Pages["/LoginWithRecoveryCode"] = LogInWithRecoveryCodeAsync;
        setup.Pages["/Logout"] = context => SignIn(context).SignOutAsync();
        setup.Pages["/link"] = LinkAsync;
        setup.Pages["/ExternalLogins/LinkCallback"] = LinkCallbackAsync;
        setup.Pages["/ExternalLogins/Remove"] = RemoveLoginAsync;
        setup.Pages["/DeletePersonalData"] = DeleteAsync;
        setup.Pages["/RefreshSignIn"] = async context => await SignIn(context).RefreshSignInAsync(await UserAsync(context));
        setup.Pages["/token"] = ShowTokenAsync;
    }

    public static SignInManager<TUser> SignIn(HttpContext context) => context.RequestServices.GetRequiredService<SignInManager<TUser>>();

    public static async Task<TUser> UserAsync(HttpContext context) => (await SignIn(context).UserManager.GetUserAsync(context.User))!;

    /// <summary>Adds an error page, which writes "error".</summary>
    public static void AddErrorPage(SiteSetup setup) => setup.BeforeAuthentication += static app => app.UseExceptionHandler(
        new ExceptionHandlerOptions { ExceptionHandler = static context => context.Response.WriteAsync("error", context.RequestAborted) });

    /// <summary>Signs in with the login that the browser has returned with, in a page of the application's own.</summary>
    public static async Task<ExternalLoginInfo> SignInWithLoginAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var info = (await signIn.GetExternalLoginInfoAsync())!;
        Assert.True((await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false)).Succeeded);
        return info;
    }

    // ExternalLogin, OnPost.
    private static Task ChallengeAsync(HttpContext context, string redirect, string? user)
    {
        var scheme = context.Request.Query["scheme"].ToString();
        return context.ChallengeAsync(scheme, SignIn(context).ConfigureExternalAuthenticationProperties(scheme, redirect, user));
    }

    // ExternalLogin, OnGetCallbackAsync. The default UI bypasses the second factor.
    private static async Task CallbackAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        if (await signIn.GetExternalLoginInfoAsync() is not { } info)
        {
            await WriteAsync(context, Unknown);
            return;
        }

        var bypasses = !context.Request.Query.ContainsKey("twoFactor");
        await WriteAsync(context, await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false, bypasses));
    }

    // ExternalLogin, OnPostConfirmationAsync.
    private static async Task ConfirmAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var users = signIn.UserManager;
        var info = (await signIn.GetExternalLoginInfoAsync())!;
        var (user, email) = (new TUser(), context.Request.Query["email"].ToString());
        var store = context.RequestServices.GetRequiredService<IUserStore<TUser>>();
        await store.SetUserNameAsync(user, email, context.RequestAborted);
        await ((IUserEmailStore<TUser>)store).SetEmailAsync(user, email, context.RequestAborted);
        if (!(await users.CreateAsync(user)).Succeeded || !(await users.AddLoginAsync(user, info)).Succeeded)
        {
            await WriteAsync(context, NotAdded);
            return;
        }

        if (users.Options.SignIn.RequireConfirmedAccount)
        {
            await WriteAsync(context, NotConfirmed);
            return;
        }

        await signIn.SignInAsync(user, isPersistent: false, info.LoginProvider);
        await WriteAsync(context, SignedIn);
    }

    // Login, OnGetAsync and OnPostAsync.
    private static async Task LogInAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
            return;
        }

        var query = context.Request.Query;
        await WriteAsync(context, await SignIn(context).PasswordSignInAsync(
            query["name"].ToString(), AccountUsers.Password, isPersistent: query.ContainsKey("remember"), lockoutOnFailure: false));
    }

    // LoginWithRecoveryCode, OnPostAsync. LoginWith2fa differs only in the check of the code.
    private static async Task LogInWithRecoveryCodeAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        Assert.NotNull(await signIn.GetTwoFactorAuthenticationUserAsync());
        await WriteAsync(context, await signIn.TwoFactorRecoveryCodeSignInAsync(context.Request.Query["code"].ToString()));
    }

    // ExternalLogins, OnPostLinkLoginAsync.
    private static async Task LinkAsync(HttpContext context)
    {
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        await ChallengeAsync(context, "/ExternalLogins/LinkCallback", SignIn(context).UserManager.GetUserId(context.User));
    }

    // ExternalLogins, OnGetLinkLoginCallbackAsync.
    private static async Task LinkCallbackAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var user = await UserAsync(context);
        var info = await signIn.GetExternalLoginInfoAsync(await signIn.UserManager.GetUserIdAsync(user));
        if (info is null || !(await signIn.UserManager.AddLoginAsync(user, info)).Succeeded)
        {
            await WriteAsync(context, NotAdded);
            return;
        }

        await context.SignOutAsync(IdentityConstants.ExternalScheme);
    }

    // ExternalLogins, OnPostRemoveLoginAsync, with the line that Login with Binance needs.
    private static async Task RemoveLoginAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var user = await UserAsync(context);
        foreach (var login in await signIn.UserManager.GetLoginsAsync(user))
        {
            await Tokens(context).RevokeAllAsync(user, login.LoginProvider, context.RequestAborted);
            Assert.True((await signIn.UserManager.RemoveLoginAsync(user, login.LoginProvider, login.ProviderKey)).Succeeded);
        }

        await signIn.RefreshSignInAsync(user);
    }

    // DeletePersonalData, OnPostAsync, with the line that Login with Binance needs.
    private static async Task DeleteAsync(HttpContext context)
    {
        var signIn = SignIn(context);
        var user = await UserAsync(context);
        await Tokens(context).RevokeAllAsync(user, cancellationToken: context.RequestAborted);
        Assert.True((await signIn.UserManager.DeleteAsync(user)).Succeeded);
        await signIn.SignOutAsync();
    }

    private static async Task ShowTokenAsync(HttpContext context)
    {
        var user = await SignIn(context).UserManager.GetUserAsync(context.User);
        var token = user is null ? null : await Tokens(context).GetAccessTokenAsync(user, cancellationToken: context.RequestAborted);
        await context.Response.WriteAsJsonAsync(token, context.RequestAborted);
    }

    private static BinanceUserTokens<TUser> Tokens(HttpContext context) => context.RequestServices.GetRequiredService<BinanceUserTokens<TUser>>();

    private static Task WriteAsync(HttpContext context, SignInResult result) => WriteAsync(
        context,
        result.Succeeded ? SignedIn : result.IsLockedOut ? LockedOut : result.RequiresTwoFactor ? SecondFactor : result.IsNotAllowed ? NotConfirmed : Unknown);

    private static Task WriteAsync(HttpContext context, string text) => context.Response.WriteAsync(text, context.RequestAborted);
}
