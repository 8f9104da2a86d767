using System.Security.Claims;
using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;

namespace SampleWeb.Controllers;

/// <summary>
/// What the buttons beside a user's sessions do (<c>Sessions:OnServer</c>). By POST with an antiforgery token, as the sign-out.
/// A user whose own session has ended in the meantime has no valid token any more, and is told that the page is out of date.
/// </summary>
/// <param name="sessions">The sessions, if they are kept on the server.</param>
public sealed class SessionsController(BinanceSessions? sessions = null) : Controller
{
    private string? UserId => User.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>
    /// Ends one of the user's sessions. An id of anybody else's session ends nothing.
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
    /// Ends all of the user's sessions, and signs this browser out, by which its cookie is deleted.
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
