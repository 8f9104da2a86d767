using Microsoft.AspNetCore.Mvc;
using SampleWeb.Localization;

namespace SampleWeb.Controllers;

/// <summary>
/// The button for the other language. By POST, because a link of another site must not change the language. The form has no antiforgery token: the pages
/// that anybody may open need no keys, and are served while the keys are unavailable. The browser says instead which site the form is on.
/// </summary>
public sealed class LanguageController : Controller
{
    // Every browser sends Origin with a POST, and no page can change it (https://fetch.spec.whatwg.org/#origin-header).
    private bool IsFromThisSite => Request.Headers.Origin == $"{Request.Scheme}://{Request.Host}";

    [HttpPost("/language")]
    [IgnoreAntiforgeryToken]
    public IActionResult Choose(string? language)
    {
        if (!IsFromThisSite || !SiteLanguages.Contains(language))
        {
            return BadRequest();
        }

        Response.SetLanguage(language!);

        // Back to the page with the button. Its host is not used: no open redirect (CWE-601).
        var page = Uri.TryCreate(Request.Headers.Referer, UriKind.Absolute, out var referer) ? referer.PathAndQuery : null;
        return LocalRedirect(Url.IsLocalUrl(page) ? page : "~/");
    }
}
