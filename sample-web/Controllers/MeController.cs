using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// The profile as JSON. A request without a session gets 401 and no redirect to the login:
/// the cookie handler does not redirect an <see cref="ApiControllerAttribute">API controller</see>'s callers.
/// </summary>
[ApiController]
[Authorize]
[SkipStatusCodePages]
public sealed class MeController : ControllerBase
{
    [HttpGet("/api/me")]
    public Task<SignedInUser> Get() => SignedInUser.ReadAsync(HttpContext);
}
