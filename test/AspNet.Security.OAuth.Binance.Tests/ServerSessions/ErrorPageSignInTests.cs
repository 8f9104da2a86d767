using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A page that signs the user in again, as one that changes a profile does, and fails after that.
/// </summary>
public sealed class ErrorPageSignInTests
{
    [Theory]
    [InlineData("cookie")]
    [InlineData("own store")]
    [InlineData("server")]
    public async Task A_page_that_fails_after_it_has_signed_in_again_signs_nobody_out(string kept)
    {
        await using var site = await ApplicationSites.StartAsync(setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry", context.RequestAborted)));
            setup.Services = services => services.AddRouting();
            setup.Pages["/profile"] = SaveAsync;
            if (kept != "server")
            {
                setup.Authentication = static (_, _) => { };
                setup.Cookie = options => options.SessionStore = kept == "own store" ? new MemoryTicketStore() : null;
            }
        });
        var browser = site.Browser();
        await browser.GetAsync("/become?user=somebody");

        Assert.Equal(HttpStatusCode.InternalServerError, (await browser.GetAsync("/profile")).Status);

        Assert.Equal("somebody", (await browser.SessionAsync()).UserId);
    }

    private static async Task SaveAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, session.Principal!, session.Properties);
        throw new InvalidOperationException("The mail server is away.");
    }
}
