using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Applications that end a session while they validate it, as the framework's documentation and Identity's security stamp do.
/// </summary>
public sealed class SignOutDuringValidationTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("Cookies", false)]
    [InlineData("Cookies", true)]
    [InlineData("Binance", false)]
    [InlineData("Binance", true)]
    public async Task An_application_may_sign_out_while_it_validates(string scheme, bool asynchronously)
    {
        using var binance = new BinanceStub();
        var validations = 0;
        var disabled = false;
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options
            => options.Events.OnValidatePrincipal = async context =>
            {
                // Without an end to it, a validation that starts another one takes the whole process with it.
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
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();

        disabled = true;
        using var response = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, validations);
        Assert.Single(binance.Revocations);
        Assert.Equal(scheme == "Binance", browser.Cookies.ContainsKey(".AspNetCore.Cookies"));
    }

    [Fact]
    public async Task A_validation_that_throws_does_not_keep_anybody_signed_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Extra";
            setup.Authentication = builder => builder.AddCookie("Extra", options
                => options.Events.OnValidatePrincipal = _ => throw new InvalidDataException("the users' database is down"));
        });
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        Assert.Contains(".AspNetCore.Extra", browser.Cookies.Keys);

        using var response = await browser.GetAsync("/sign-out?scheme=Extra&scheme=Binance&to=/bye");

        Assert.Equal("/bye", response.Headers.Location!.OriginalString);
        Assert.Empty(browser.Cookies);
    }
}
