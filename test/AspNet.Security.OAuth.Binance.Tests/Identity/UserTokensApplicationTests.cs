using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Applications that go beyond Identity's own pages: tokens in the ticket, claims of one request, impersonation, a second cookie, an error page.
/// </summary>
public sealed class UserTokensApplicationTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    // If both the ticket and the store had the tokens, each would use the refresh token of the other.
    [Fact(Timeout = 60_000)]
    public async Task Tokens_in_the_application_s_ticket_are_not_stored_twice()
    {
        await using var site = await StartAsync("/again", async context =>
        {
            var info = await AccountPages<IdentityUser>.SignInWithLoginAsync(context);
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var properties = new AuthenticationProperties();
            properties.StoreTokens(info.AuthenticationTokens!);
            await signIn.SignInAsync((await signIn.UserManager.FindByLoginAsync(info.LoginProvider, info.ProviderKey))!, properties, info.LoginProvider);
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/again");

        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
        Assert.DoesNotContain(await site.SignInsAsync(), row => row.Contains(token, StringComparison.Ordinal));
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Link_does_not_write_the_claims_of_one_request_into_the_cookie()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            site.Services += services => services.AddScoped<IClaimsTransformation, MoreClaims>();
            site.Pages["/claims"] = async context =>
            {
                var options = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
                var ticket = options.TicketDataFormat.Unprotect(context.Request.Cookies[options.Cookie.Name!])!;
                await context.Response.WriteAsync(string.Join(',', ticket.Principal.Claims.Select(claim => claim.Type)), context.RequestAborted);
            };
        });
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();

        var token = await browser.LinkAsync();

        Assert.DoesNotContain(MoreClaims.Type, (await browser.Browser.GetAsync("/claims")).Body, StringComparison.Ordinal);
        Assert.Equal(token, await browser.TokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Claims_transformation_can_sign_out()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            site.Services += services => services.AddHttpContextAccessor().AddScoped<IClaimsTransformation, Blocked>();
            site.Pages[Blocked.Path] = _ => Task.CompletedTask;
        });
        await site.CreateUserAsync();
        var (byPassword, byBinance) = (new AccountBrowser(site), new AccountBrowser(site));
        await byPassword.PasswordAsync();
        var token = await byBinance.RegisterAsync(AccountUsers.OtherName);

        await byPassword.Browser.GetAsync(Blocked.Path);
        await byBinance.Browser.GetAsync(Blocked.Path);

        Assert.Equal((false, false), (byPassword.IsSignedIn, byBinance.IsSignedIn));
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Impersonation_keeps_the_tokens_of_each_user()
    {
        await using var site = await StartAsync("/as", async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(context.Request.Query["name"].ToString()))!, isPersistent: false);
        });
        await site.CreateUserAsync(AccountUsers.OtherName);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();

        await browser.Browser.PostAsync("/as?name=" + AccountUsers.OtherName);
        Assert.Null(await browser.TokenAsync());
        await browser.Browser.PostAsync("/as?name=" + AccountUsers.Name);

        Assert.Equal(token, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_one_of_two_cookies_keeps_the_tokens()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            site.Authentication += builder => builder.AddCookie("Sudo");
            site.Pages["/sudo"] = async context =>
            {
                var session = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
                await context.SignInAsync("Sudo", session.Principal!, session.Properties!);
            };
            site.Pages["/sudo/out"] = async context =>
            {
                await context.AuthenticateAsync("Sudo");
                await context.SignOutAsync("Sudo");
            };
        });
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        await browser.Browser.GetAsync("/sudo");

        await browser.Browser.GetAsync("/sudo/out");
        Assert.Empty(site.Revoked());
        Assert.Equal(token, await browser.TokenAsync());

        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_in_that_an_error_page_discards_is_revoked()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            AccountPages<IdentityUser>.AddErrorPage(site);
            site.Pages["/broken"] = async context =>
            {
                await AccountPages<IdentityUser>.SignInWithLoginAsync(context);
                throw new InvalidDataException("own fault");
            };
        });
        var first = await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal("error", (await browser.Browser.GetAsync("/broken")).Body);

        Assert.False(browser.IsSignedIn);
        Assert.Equal([token], site.Revoked());
        Assert.Contains(first, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
    }

    private Task<TestSite> StartAsync(string path, RequestDelegate page) => _database.StartAsync(setup => setup.Site = site => site.Pages[path] = page);

    private sealed class MoreClaims : IClaimsTransformation
    {
        public const string Type = "of-this-request";

        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var user = new ClaimsPrincipal(principal.Identities.Select(identity => identity.Clone()));
            ((ClaimsIdentity)user.Identity!).AddClaim(new Claim(Type, "x"));
            return Task.FromResult(user);
        }
    }

    private sealed class Blocked(IHttpContextAccessor accessor, SignInManager<IdentityUser> signIn) : IClaimsTransformation
    {
        public const string Path = "/block";

        public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            if (accessor.HttpContext!.Request.Path == Path && principal.Identity is { IsAuthenticated: true })
            {
                await signIn.SignOutAsync();
            }

            return principal;
        }
    }
}
