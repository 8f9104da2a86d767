using AspNet.Security.OAuth.Binance;
using IdentitySite.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentitySite.Areas.Identity.Pages.Account.Manage;

public sealed class ExternalLoginsModel(UserManager<AppUser> users, SignInManager<AppUser> signIn, BinanceUserTokens<AppUser> tokens) : PageModel
{
    public IList<UserLoginInfo> Current { get; private set; } = [];

    public IReadOnlyList<AuthenticationScheme> Others { get; private set; } = [];

    public bool CanRemove { get; private set; }

    [TempData]
    public string? StatusMessage { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await users.GetUserAsync(User) is not { } user)
        {
            return Challenge();
        }

        Current = await users.GetLoginsAsync(user);
        Others = [.. (await signIn.GetExternalAuthenticationSchemesAsync()).Where(scheme => Current.All(login => login.LoginProvider != scheme.Name))];
        CanRemove = await CanRemoveAsync(user, Current);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveLoginAsync(string loginProvider, string providerKey)
    {
        if (await users.GetUserAsync(User) is not { } user)
        {
            return Challenge();
        }

        // Without a password, the last login is the user's only way in.
        if (!await CanRemoveAsync(user, await users.GetLoginsAsync(user)))
        {
            return Done("Error: the only login of an account without a password cannot be removed.");
        }

        if (loginProvider is BinanceAuthenticationDefaults.AuthenticationScheme)
        {
            await tokens.RevokeAllAsync(user, loginProvider);
        }

        if (await users.RemoveLoginAsync(user, loginProvider, providerKey) is { Succeeded: false })
        {
            return Done("Error: the login was not removed.");
        }

        await signIn.RefreshSignInAsync(user);
        return Done("The login was removed.");
    }

    public async Task<IActionResult> OnPostLinkLoginAsync(string provider)
    {
        await HttpContext.SignOutAsync(IdentityConstants.ExternalScheme);
        return Challenge(
            signIn.ConfigureExternalAuthenticationProperties(provider, Url.Page("./ExternalLogins", "LinkLoginCallback"), users.GetUserId(User)),
            provider);
    }

    public async Task<IActionResult> OnGetLinkLoginCallbackAsync()
    {
        if (await users.GetUserAsync(User) is not { } user)
        {
            return Challenge();
        }

        // The user's id: a login that another user has begun is not added.
        var added = await signIn.GetExternalLoginInfoAsync(user.Id) is { } login && await users.AddLoginAsync(user, login) is { Succeeded: true };

        // With the login added, this keeps its tokens. Otherwise it revokes them.
        await HttpContext.SignOutAsync(IdentityConstants.ExternalScheme);
        return Done(added ? "The login was added." : "Error: the login was not added. It can belong to one user only.");
    }

    private async Task<bool> CanRemoveAsync(AppUser user, IList<UserLoginInfo> logins) => logins.Count > 1 || await users.HasPasswordAsync(user);

    private RedirectToPageResult Done(string message)
    {
        StatusMessage = message;
        return RedirectToPage();
    }
}
