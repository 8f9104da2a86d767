using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Sign-ins and sign-outs by an application that also reads or writes the tokens and cookies of the session.
/// </summary>
public sealed class ApplicationSignInTests
{
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_during_validation_loses_no_tokens(SessionPlace place)
    {
        var signsIn = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
                cookie.Events.OnValidatePrincipal = context
                    => signsIn ? context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties) : Task.CompletedTask;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        signsIn = true;
        await browser.GetAsync("/");
        signsIn = false;
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_in_during_validation_loses_no_tokens_after_the_validation_of_another_cookie()
    {
        var signsIn = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
            {
                if (signsIn)
                {
                    await context.HttpContext.AuthenticateAsync("Second");
                    await context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties);
                }
            };
            setup.Authentication = builder => builder.AddCookie("Second", cookie => cookie.Events.OnValidatePrincipal = static _ => Task.CompletedTask);
        });
        var browser = await site.SignedInAsync();
        await browser.AdoptAsync(new(), "Second");
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        signsIn = true;
        await browser.GetAsync("/");
        signsIn = false;
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_with_the_previous_refresh_token_keeps_its_newer_access_token(SessionPlace place)
    {
        TestSite? current = null;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.Pages["/more"] = async context =>
            {
                var result = await context.AuthenticateAsync("Cookies");
                var properties = new AuthenticationProperties { Items = { [".AuthScheme"] = "Binance" } };
                properties.StoreTokens([
                    new() { Name = "access_token", Value = "with-more-scopes" },
                    new() { Name = "refresh_token", Value = result.Properties!.GetTokenValue("refresh_token")! },
                    new() { Name = "expires_at", Value = (current!.Clock.GetUtcNow() + TimeSpan.FromHours(1)).ToString("o", CultureInfo.InvariantCulture) },
                ]);
                await context.SignInAsync("Cookies", result.Principal!, properties);
            };
            setup.Pages["/token"] = async context => await context.Response.WriteAsync(await context.GetTokenAsync("access_token") ?? "");
            new SessionStorage(place).Configure(setup);
        });
        current = site;
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        await browser.GetAsync("/");
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await browser.GetAsync("/more");

        Assert.Equal("with-more-scopes", (await browser.GetAsync("/token")).Body);
    }

    [Theory]
    [InlineData(SiteResponse.CookieName + "C5")]
    [InlineData(SiteResponse.CookieName + "C+5")]
    [InlineData(SiteResponse.CookieName + "Club")]
    public async Task A_sign_out_keeps_an_application_cookie_whose_name_begins_like_the_session_cookie_s(string name)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/leave"] = async context =>
        {
            context.Response.Headers.Append("Set-Cookie", name + "=application-value-7; path=/");
            await context.SignOutAsync("Cookies");
        });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/leave");

        Assert.Contains(response.SetCookies, cookie => cookie.Name.Value == name && cookie.Value == "application-value-7");
        Assert.False(browser.HasCookie(SiteResponse.CookieName));
    }
}
