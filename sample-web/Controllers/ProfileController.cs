using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// A page for signed-in users. Others are redirected to the login and return here.
/// </summary>
/// <param name="binance">The options of the Binance scheme.</param>
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
