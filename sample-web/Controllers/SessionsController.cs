using System.Security.Claims;
using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;

namespace SampleWeb.Controllers;

/// <summary>
/// The buttons beside a user's sessions (<c>Sessions:OnServer</c>). By POST with an antiforgery token, as the sign-out.
/// The token of a user whose own session has ended is not valid any more: the response is 400.
/// </summary>
/// <param name="sessions">The sessions, if they are kept on the server.</param>
public sealed class SessionsController(BinanceSessions? sessions = null) : Controller
{
    private string? UserId => User.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>
    /// Ends one of the user's sessions. The id of another user's session ends nothing.
    /// </summary>
    [HttpPost("/sessions/end")]
    public async Task<IActionResult> End(string? id)
    {
        if (sessions is null)
        {
            return NotFound();
        }

        if (UserId is { } user && id is not null)
        {
            await sessions.EndAsync(user, id);
        }

        return LocalRedirect("~/profile");
    }

    /// <summary>
    /// Ends all of the user's sessions, and signs this browser out, which deletes its cookie.
    /// </summary>
    [HttpPost("/sessions/end-all")]
    public async Task<IActionResult> EndAll()
    {
        if (sessions is null)
        {
            return NotFound();
        }

        if (UserId is { } user)
        {
            await sessions.EndAllAsync(user);
        }

        await HttpContext.SignOutAsync();
        return LocalRedirect("~/");
    }
}
