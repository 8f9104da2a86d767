using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace SampleWeb.Controllers;

/// <summary>
/// The page for responses with a status of 400 or more and no content. Status code pages re-execute the request with its method.
/// No antiforgery validation, because an invalid token may be the reason for the status.
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
