using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// Applications that sign out in <c>OnValidatePrincipal</c>, as the framework's documentation and Identity's security stamp validator do.
/// </summary>
public sealed class SignOutDuringValidationTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("Cookies", false)]
    [InlineData("Cookies", true)]
    [InlineData("Binance", false)]
    [InlineData("Binance", true)]
    public async Task Application_can_sign_out_in_OnValidatePrincipal(string scheme, bool asynchronously)
    {
        using var binance = new BinanceStub();
        var validations = 0;
        var disabled = false;
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = async context =>
            {
                // Otherwise a recursion would end in a stack overflow of the process.
                if (!disabled || Interlocked.Increment(ref validations) > 1)
                {
                    return;
                }

                if (asynchronously)
                {
                    await Task.Yield();
                }

                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(scheme);
            });
        var browser = site.Browser();
        await browser.SignInAsync();

        disabled = true;
        var response = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal(1, validations);
        Assert.Single(binance.Revocations);
        Assert.Equal(scheme == "Binance", browser.HasCookie(SiteResponse.CookieName));
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_another_cookie_in_OnValidatePrincipal_revokes_the_token_of_that_cookie()
    {
        var ends = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Second");
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal
                = context => ends ? context.HttpContext.SignOutAsync("Second") : Task.CompletedTask;
        });
        var (browser, ticket) = (await site.SignedInAsync(), site.NewTicket());
        await browser.AdoptAsync(ticket, "Second");

        ends = true;
        await browser.GetAsync("/");

        ends = false;
        Assert.Equal([ticket.GetTokenValue("access_token")!], site.Revoked());
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Application_can_sign_out_of_a_stored_session_in_OnValidatePrincipal(SessionPlace place)
    {
        var ends = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
            {
                if (ends)
                {
                    await Task.Yield();
                    context.RejectPrincipal();
                    await context.HttpContext.SignOutAsync("Cookies");
                }
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInWithTlsAsync();
        var token = (await browser.SessionAsync()).AccessToken!;

        ends = true;
        await browser.GetAsync("/");

        Assert.Equal([token], site.Revoked());
        Assert.False(browser.HasSessionCookie);
    }

    [Fact]
    public async Task Exception_in_OnValidatePrincipal_does_not_prevent_the_sign_out()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Extra";
            setup.Authentication = builder => builder.AddCookie("Extra", options
                => options.Events.OnValidatePrincipal = _ => throw new InvalidDataException("the users' database is down"));
        });
        var browser = site.Browser();
        await browser.SignInAsync();
        Assert.Contains(".AspNetCore.Extra", browser.Jar.Names);

        var response = await browser.GetAsync("/sign-out?scheme=Extra&scheme=Binance&to=/bye");

        Assert.Equal("/bye", response.Location!.OriginalString);
        Assert.Empty(browser.Jar.Cookies);
    }
}
