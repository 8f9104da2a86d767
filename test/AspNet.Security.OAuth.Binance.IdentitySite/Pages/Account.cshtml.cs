using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance;
using IdentitySite.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentitySite.Pages;

[Authorize]
public sealed class AccountModel(UserManager<AppUser> users, BinanceApi binance) : PageModel
{
    public BinanceUserInfo? Account { get; private set; }

    public bool NeedsSignIn { get; private set; }

    public bool NeedsLogin { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        try
        {
            Account = await binance.GetUserAsync(cancellationToken);
        }
        catch (InvalidOperationException)
        {
            // Nothing was sent: the user has no tokens.
            NeedsSignIn = await HasLoginAsync();
            NeedsLogin = !NeedsSignIn;
        }
        catch (HttpRequestException exception) when (exception.StatusCode is HttpStatusCode.Unauthorized)
        {
            NeedsSignIn = true;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or BinanceAuthenticationException or OperationCanceledException)
        {
            // The page says so.
        }
    }

    private async Task<bool> HasLoginAsync()
        => await users.GetUserAsync(User) is { } user
            && (await users.GetLoginsAsync(user)).Any(login => login.LoginProvider is BinanceAuthenticationDefaults.AuthenticationScheme);
}
