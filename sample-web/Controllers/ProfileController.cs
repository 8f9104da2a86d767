using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// A page for signed-in users. Everybody else is sent to sign in first, and comes back here.
/// </summary>
[Authorize]
public sealed class ProfileController(IOptionsMonitor<BinanceAuthenticationOptions> binance, TimeProvider time) : Controller
{
    [HttpGet("/profile")]
    public async Task<IActionResult> Index()
    {
        var scopes = binance.Get(BinanceAuthenticationDefaults.AuthenticationScheme).Scope;
        return View(new ProfilePage(await SignedInUser.ReadAsync(HttpContext), [.. scopes], time.GetUtcNow()));
    }
}
