using System.Text;
using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// Signing in and out, and what is shown when that does not work.
/// </summary>
public sealed class AccountController : Controller
{
    private bool IsSignedIn => User.Identity is { IsAuthenticated: true };

    /// <summary>
    /// Sends the browser to Binance. By GET, because nothing changes here: the sign-in is bound to this browser by a cookie and a state,
    /// and the user decides on Binance's page.
    /// </summary>
    [HttpGet("/account/login")]
    public IActionResult Login(string? returnUrl) => IsSignedIn
        ? LocalRedirect(Local(returnUrl))
        : Challenge(new AuthenticationProperties { RedirectUri = Local(returnUrl) }, BinanceAuthenticationDefaults.AuthenticationScheme);

    /// <summary>
    /// Ends the session. The provider revokes the session's access token on the way (<c>RevokeOnSignOut</c>).
    /// By POST with an antiforgery token, because otherwise any page could sign this user out.
    /// </summary>
    [HttpPost("/account/logout")]
    public async Task<IActionResult> Logout()
    {
        await HttpContext.SignOutAsync();
        return LocalRedirect("~/");
    }

    // Both pages answer 200. What failed was the request before, which the provider has logged by its kind; and a proxy
    // that puts its own page in the place of every 4xx would take the explanation away.

    /// <summary>
    /// Where the provider sends a user who said no (<c>AccessDeniedPath</c>).
    /// </summary>
    [HttpGet("/account/denied")]
    public IActionResult Denied(string? returnUrl)
        => View("SignInProblem", SignInProblem.Of(BinanceFailure.AccessDenied, IsSignedIn, Local(returnUrl)));

    /// <summary>
    /// Where the provider sends a user whose sign-in failed (<c>FailurePath</c>).
    /// </summary>
    [HttpGet("/account/failed")]
    public IActionResult Failed(string? failure, string? returnUrl)
        => View("SignInProblem", SignInProblem.Of(failure, IsSignedIn, Local(returnUrl)));

    // An open redirect would lend this site's good name to any other. And what is not ASCII no browser has sent by itself, and no
    // Location header can hold.
    private string Local(string? returnUrl) => Url.Content(Url.IsLocalUrl(returnUrl) && Ascii.IsValid(returnUrl) ? returnUrl : "~/");
}
