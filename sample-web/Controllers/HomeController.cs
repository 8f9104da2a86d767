using Microsoft.AspNetCore.Mvc;

namespace SampleWeb.Controllers;

/// <summary>
/// The start page.
/// </summary>
public sealed class HomeController : Controller
{
    [HttpGet("/")]
    public IActionResult Index() => View();
}
