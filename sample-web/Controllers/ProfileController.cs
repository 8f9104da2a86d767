using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// A page for signed-in users. Everybody else is sent to sign in first, and comes back here.
/// </summary>
/// <param name="binance">What this site asks Binance for.</param>
/// <param name="time">The time.</param>
/// <param name="sessions">The sessions, if they are kept on the server.</param>
[Authorize]
public sealed class ProfileController(
    IOptionsMonitor<BinanceAuthenticationOptions> binance, TimeProvider time, BinanceSessions? sessions = null) : Controller
{
    [HttpGet("/profile")]
    public async Task<IActionResult> Index()
    {
        var scopes = binance.Get(BinanceAuthenticationDefaults.AuthenticationScheme).Scope;
        var user = await SignedInUser.ReadAsync(HttpContext);
        return View(new ProfilePage(user, [.. scopes], time.GetUtcNow())
        {
            Sessions = sessions is null ? null : await sessions.ListAsync(user.UserId),
            CurrentSession = sessions?.GetCurrentId(HttpContext),
        });
    }
}
