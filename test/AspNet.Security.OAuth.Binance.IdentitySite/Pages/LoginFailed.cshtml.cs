using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentitySite.Pages;

// Anybody can open this page with any values, so that it shows words of its own.
[AllowAnonymous]
public sealed class LoginFailedModel : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Failure { get; set; }

    public string Heading => Failure is "access_denied" ? "Sign-in cancelled" : "Sign-in failed";

    public string Reason => Failure switch
    {
        "access_denied" => "You did not allow this site to use your Binance account.",
        "correlation_failed" => "The sign-in took too long, was finished before, or began in another browser.",
        "unavailable" or "timeout" => "Binance cannot be reached. Please try again in a few minutes.",
        _ => "Binance or this site did not accept the sign-in. Please try again.",
    };
}
