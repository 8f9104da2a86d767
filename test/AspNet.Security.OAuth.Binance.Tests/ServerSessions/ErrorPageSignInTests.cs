using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A page that signs the user in again, for example after a change of the profile, and then throws.
/// </summary>
public sealed class ErrorPageSignInTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_throws_after_it_signed_in_again_keeps_the_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry", context.RequestAborted)));
            setup.Services = services => services.AddRouting();
            setup.Pages["/profile"] = SaveAsync;
            new SessionStorage(place).Configure(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(new());

        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/profile")).Status);

        Assert.Equal("adopted", (await browser.SessionAsync()).UserId);
    }

    private static async Task SaveAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, session.Principal!, session.Properties);
        throw new InvalidOperationException("The mail server is unavailable.");
    }
}
