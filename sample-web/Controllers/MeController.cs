using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SampleWeb.Models;

namespace SampleWeb.Controllers;

/// <summary>
/// The same as the profile, for programs. A program that has no session gets 401 and not a login page:
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
