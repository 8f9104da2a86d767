using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace SampleWeb.Controllers;

/// <summary>
/// Redirects to the start page instead of 400 when nobody is signed in any more. A page in a second tab has the antiforgery token of the
/// user who signed out in the first one, which is no longer valid. The action does not run: there is no session that a forged request could end.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HomeAfterSignOutAttribute : Attribute, IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult && context.HttpContext.User.Identity is not { IsAuthenticated: true })
        {
            context.Result = new LocalRedirectResult("~/");
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
