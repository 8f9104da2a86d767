using System.Text;
using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using SampleWeb.Localization;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// Sign-in, sign-out, and the pages of a failed sign-in.
/// </summary>
public sealed class AccountController : Controller
{
    private bool IsSignedIn => User.Identity is { IsAuthenticated: true };

    /// <summary>
    /// Sends the browser to Binance. By GET, because nothing changes here: the sign-in is bound to this browser by a cookie and a state,
    /// and the user decides on Binance's page, which has the language of this site.
    /// </summary>
    [HttpGet("/account/login")]
    public IActionResult Login(string? returnUrl) => IsSignedIn
        ? LocalRedirect(Local(returnUrl))
        : Challenge(
            new BinanceChallengeProperties { RedirectUri = Local(returnUrl), Locale = SiteLanguages.Current },
            BinanceAuthenticationDefaults.AuthenticationScheme);

    /// <summary>
    /// Ends the session. The provider also revokes the session's access token (<c>RevokeOnSignOut</c>).
    /// By POST with an antiforgery token, because otherwise any page could sign this user out.
    /// </summary>
    [HttpPost("/account/logout")]
    [HomeAfterSignOut]
    public async Task<IActionResult> Logout()
    {
        await HttpContext.SignOutAsync();
        return LocalRedirect("~/");
    }

    // Both pages return 200: the request before failed, and the provider has logged it. A proxy that replaces the body of
    // a 4xx would hide the explanation.

    /// <summary>
    /// Where the provider sends a user who cancelled (<c>AccessDeniedPath</c>).
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

    // No open redirect (CWE-601). And ASCII only, because a Location header holds nothing else; browsers escape the rest.
    private string Local(string? returnUrl) => Url.Content(Url.IsLocalUrl(returnUrl) && Ascii.IsValid(returnUrl) ? returnUrl : "~/");
}
