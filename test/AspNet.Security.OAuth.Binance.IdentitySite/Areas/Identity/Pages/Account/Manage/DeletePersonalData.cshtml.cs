using System.ComponentModel.DataAnnotations;
using AspNet.Security.OAuth.Binance;
using IdentitySite.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentitySite.Areas.Identity.Pages.Account.Manage;

public sealed class DeletePersonalDataModel(UserManager<AppUser> users, SignInManager<AppUser> signIn, BinanceUserTokens<AppUser> tokens) : PageModel
{
    [BindProperty]
    [DataType(DataType.Password)]
    public string? Password { get; set; }

    public bool RequirePassword { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (await users.GetUserAsync(User) is not { } user)
        {
            return Challenge();
        }

        RequirePassword = await users.HasPasswordAsync(user);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await users.GetUserAsync(User) is not { } user)
        {
            return Challenge();
        }

        RequirePassword = await users.HasPasswordAsync(user);
        if (RequirePassword && !await users.CheckPasswordAsync(user, Password ?? ""))
        {
            ModelState.AddModelError("", "The password is not correct.");
            return Page();
        }

        await tokens.RevokeAllAsync(user);
        if (await users.DeleteAsync(user) is { Succeeded: false })
        {
            ModelState.AddModelError("", "The account was not deleted. Please try again.");
            return Page();
        }

        await signIn.SignOutAsync();
        return LocalRedirect("~/");
    }
}
