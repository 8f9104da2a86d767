using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The authentication schemes that <c>MapBinanceLogin</c> accepts, and the user of a request without a default scheme.
/// </summary>
public sealed class LoginSchemeTests
{
    [Fact]
    public void A_router_that_is_null_is_an_argument_error()
        => Assert.Throws<ArgumentNullException>("endpoints", () => ((IEndpointRouteBuilder)null!).MapBinanceLogin());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_scheme_without_a_name_is_an_argument_error(string? scheme)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAnyAsync<ArgumentException>(() => StartAsync(binance, scheme!));

        Assert.Equal("scheme", exception.ParamName);
    }

    [Theory]
    [InlineData("binance")]
    [InlineData("Unknown")]
    [InlineData("Cookies")]
    public async Task A_scheme_of_another_handler_is_refused_by_its_name(string scheme)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(binance, scheme));

        Assert.Contains($"'{scheme}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identity_s_external_cookie_is_refused(bool byName)
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var site = await LoginSite.StartAsync(binance, configure: setup =>
            {
                setup.Binance = options => options.SignInScheme = byName ? "Identity.External" : null;
                setup.Schemes = services =>
                {
                    services.AddIdentity<Microsoft.AspNetCore.Identity.IdentityUser, Microsoft.AspNetCore.Identity.IdentityRole>();
                    return services.AddAuthentication();
                };
            });
        });

        Assert.Contains("'Binance'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("external cookie", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_s_application_cookie_is_accepted()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Identity.Application";
            setup.Schemes = services =>
            {
                services.AddIdentity<Microsoft.AspNetCore.Identity.IdentityUser, Microsoft.AspNetCore.Identity.IdentityRole>();
                services.ConfigureApplicationCookie(cookie => cookie.Events.OnValidatePrincipal = _ => Task.CompletedTask);
                return services.AddAuthentication();
            };
        });
        var browser = site.Browser();

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
        Assert.Equal(Responses.UserId, (await browser.ReadUserAsync()).GetProperty("userId").GetString());

        // AddIdentity sets it, as an application does.
        Assert.Equal("/Account/Login", site.CookieOptions("Identity.Application").LoginPath);
        var response = await browser.SignOutByFormAsync();
        response.AssertRedirects("/");
        var user = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, user.Status);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Endpoints_work_without_a_default_authenticate_scheme(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup =>
        {
            setup.Binance = options => options.SignInScheme = "Cookies";
            setup.Schemes = services => services.AddAuthentication().AddCookie().AddCookie("Second");
        });
        var browser = site.Browser();

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
        Assert.Equal(Responses.UserId, (await browser.ReadUserAsync()).GetProperty("userId").GetString());
        var signedIn = await browser.GetAsync("/auth/login?returnUrl=/orders");
        var signedOut = await browser.SignOutByScriptAsync();
        var after = await browser.GetUserAsync();

        signedIn.AssertRedirects("/orders");
        LogoutProofTests.AssertNoContent(signedOut);
        Assert.Equal(HttpStatusCode.Unauthorized, after.Status);
        Assert.Single(binance.Revocations);
    }

    // Antiforgery tokens are bound to the user of the request, who is anonymous here.
    [Fact]
    public async Task A_new_form_signs_out_without_a_default_authenticate_scheme()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Cookies";
            setup.Schemes = services => services.AddAuthentication().AddCookie().AddCookie("Second");
        });
        var browser = await site.SignedInAsync();

        var stale = await browser.SubmitAsync("/auth/logout", [], LoginRequests.OwnForm);
        var (action, fields) = LoginPage.Of(stale).Form!.Value;
        var response = await browser.SubmitAsync(action, fields, LoginRequests.OwnForm);

        response.AssertRedirects("/");
        Assert.Single(binance.Revocations);
    }

    private static async Task StartAsync(BinanceStub binance, string scheme)
    {
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/auth").MapBinanceLogin(scheme));
    }
}
