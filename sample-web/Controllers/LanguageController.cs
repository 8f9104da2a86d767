using Microsoft.AspNetCore.Mvc;
using SampleWeb.Localization;

namespace SampleWeb.Controllers;

/// <summary>
/// The button for the other language. By POST with an antiforgery token, as the sign-out.
/// </summary>
public sealed class LanguageController : Controller
{
    [HttpPost("/language")]
    public IActionResult Choose(string? language)
    {
        if (!SiteLanguages.Contains(language))
        {
            return BadRequest();
        }

        Response.SetLanguage(language!);

        // Back to the page with the button. Its host is not used: no open redirect (CWE-601).
        var page = Uri.TryCreate(Request.Headers.Referer, UriKind.Absolute, out var referer) ? referer.PathAndQuery : null;
        return LocalRedirect(Url.IsLocalUrl(page) ? page : "~/");
    }
}
