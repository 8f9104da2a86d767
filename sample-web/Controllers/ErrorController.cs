using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace SampleWeb.Controllers;

/// <summary>
/// The page in the place of every answer that has a status of 400 or more and no content. The request is run again
/// to make it, with the method that it had and, for a POST, with the token that may be what was wrong with it.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class ErrorController : Controller
{
    [Route("/error/{status:int:range(400, 599)}")]
    public IActionResult Index(int status)
    {
        Response.StatusCode = status;
        ViewData["RequestId"] = Activity.Current?.Id ?? HttpContext.TraceIdentifier;
        return View(status);
    }
}
