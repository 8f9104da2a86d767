using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A site with Identity that does not call <c>AddBinanceTokens</c> gets one warning: its tokens are neither refreshed nor revoked.
/// </summary>
public sealed class TokensNotKeptTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task First_registration_is_one_warning()
    {
        await using var site = await StartAsync();

        await new AccountBrowser(site).RegisterAsync();

        AssertWarned(site);
        await new AccountBrowser(site).SignInAsync();
        await new AccountBrowser(site).SignInAsync();
        AssertWarned(site);
        Assert.Empty(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Known_login_is_a_warning(bool hasSecondFactor)
    {
        await using (var earlier = await StartAsync())
        {
            await new AccountBrowser(earlier).RegisterAsync();
        }

        // The site restarts.
        await using var site = await StartAsync();
        var code = hasSecondFactor ? await site.RequireSecondFactorAsync() : null;
        var browser = new AccountBrowser(site);
        await browser.ArriveAsync();
        await browser.Browser.GetAsync("/ExternalLogin/Callback?twoFactor");
        if (code is not null)
        {
            await browser.Browser.PostAsync("/LoginWithRecoveryCode?code=" + code);
        }

        Assert.True(browser.IsSignedIn);
        AssertWarned(site);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Page_that_signs_out_of_the_external_cookie_itself_is_a_warning(bool before)
    {
        await using var site = await StartAsync(setup => setup.Site = site => site.Pages["/arrived"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            if (before)
            {
                await context.SignOutAsync(IdentityConstants.ExternalScheme);
            }

            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, isPersistent: false);
            if (!before)
            {
                await context.SignOutAsync(IdentityConstants.ExternalScheme);
            }
        });
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.ArriveAsync();

        await browser.Browser.GetAsync("/arrived");

        AssertWarned(site);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task No_warning_when_refresh_and_revocation_are_switched_off(bool refreshes, bool revokes, bool isWarned)
    {
        await using var site = await StartAsync(setup => setup.Binance = options => (options.AutomaticRefresh, options.RevokeOnSignOut) = (refreshes, revokes));

        await new AccountBrowser(site).RegisterAsync();

        Assert.Equal(isWarned ? ["TokensNotKept"] : [], site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task No_warning_when_the_application_s_cookie_has_the_tokens()
    {
        await using var site = await StartAsync(setup => setup.Site = site => site.Pages["/arrived"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var info = (await signIn.GetExternalLoginInfoAsync())!;
            var properties = info.AuthenticationProperties!;
            (properties.IssuedUtc, properties.ExpiresUtc) = (null, null);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, properties, info.LoginProvider);
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        });
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/arrived");

        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task No_warning_when_the_application_removes_the_tokens()
    {
        await using var site = await StartAsync(setup => setup.Site = site => site.Pages["/arrived"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var info = (await signIn.GetExternalLoginInfoAsync())!;
            var properties = new AuthenticationProperties(info.AuthenticationProperties!.Items.ToDictionary()) { IssuedUtc = null, ExpiresUtc = null };
            properties.StoreTokens([]);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, properties, info.LoginProvider);
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        });
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.ArriveAsync();

        await browser.Browser.GetAsync("/arrived");

        Assert.True(browser.IsSignedIn);
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_that_signs_in_and_out_of_an_external_cookie_that_does_not_exist_is_served()
    {
        await using var site = await StartAsync(setup => setup.Site = site => site.Pages["/password"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, isPersistent: false);
            await context.SignOutAsync(IdentityConstants.ExternalScheme);
        });
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);

        Assert.Equal(HttpStatusCode.OK, (await browser.Browser.GetAsync("/password")).Status);

        Assert.True(browser.IsSignedIn);
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Copied_external_cookie_is_rejected_after_the_sign_out()
    {
        var isSignedIn = false;
        await using var site = await StartAsync(setup => setup.Site = site =>
        {
            site.Pages["/external"] = async context => isSignedIn = (await context.AuthenticateAsync(IdentityConstants.ExternalScheme)).Succeeded;
            site.Pages["/external/out"] = context => context.SignOutAsync(IdentityConstants.ExternalScheme);
        });
        var browser = new AccountBrowser(site);
        await browser.ArriveAsync();
        var copy = browser.Copy();
        await browser.Browser.GetAsync("/external");
        Assert.True(isSignedIn);

        await browser.Browser.GetAsync("/external/out");
        await copy.Browser.GetAsync("/external");

        Assert.False(isSignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_warning_with_AddBinanceTokens()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);

        await browser.RegisterAsync();
        await browser.SignOutAsync();
        await browser.SignInAsync();

        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task No_warning_for_a_sign_in_by_password()
    {
        await using var site = await StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);

        await browser.PasswordAsync();
        await browser.SignOutAsync();
        await browser.PasswordAsync();

        Assert.Empty(site.Warnings());
    }

    // The application also signs in a user of its own.
    [Fact(Timeout = 60_000)]
    public async Task No_warning_without_Identity()
    {
        await using var site = await TestSite.StartAsync(static setup => setup.AddPages());
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/sign-out?scheme=Cookies");
        await browser.GetAsync("/as?user=someone");

        Assert.Empty(site.Warnings());
    }

    private static void AssertWarned(TestSite site)
    {
        var warning = Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Equal((119, "TokensNotKept"), (warning.Id.Id, warning.Id.Name));
        Assert.Contains("AddBinanceTokens", warning.Message, StringComparison.Ordinal);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    private Task<TestSite> StartAsync(Action<IdentitySetup>? configure = null) => _database.StartAsync(setup =>
    {
        setup.KeepsTokens = false;
        configure?.Invoke(setup);
    });
}
