using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A site with Identity that does not call <c>AddBinanceTokens</c> is told once that tokens are neither refreshed nor revoked there.
/// </summary>
public sealed class TokensNotKeptTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task The_first_registration_is_warned_of_and_later_sign_ins_are_not()
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
    public async Task A_known_login_is_warned_of(bool hasSecondFactor)
    {
        await using (var earlier = await StartAsync())
        {
            await new AccountBrowser(earlier).RegisterAsync();
        }

        // The site starts again.
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
    public async Task A_page_that_signs_out_of_the_external_cookie_itself_is_warned_of(bool before)
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
    public async Task A_site_that_has_switched_both_off_is_not_warned(bool refreshes, bool revokes, bool isWarned)
    {
        await using var site = await StartAsync(setup => setup.Binance = options => (options.AutomaticRefresh, options.RevokeOnSignOut) = (refreshes, revokes));

        await new AccountBrowser(site).RegisterAsync();

        Assert.Equal(isWarned ? ["TokensNotKept"] : [], site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_site_that_keeps_the_tokens_in_its_cookie_is_not_warned()
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
    public async Task A_site_that_keeps_the_tokens_in_Identity_s_store_is_not_warned()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);

        await browser.RegisterAsync();
        await browser.SignOutAsync();
        await browser.SignInAsync();

        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_by_password_is_not_warned_of()
    {
        await using var site = await StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);

        await browser.PasswordAsync();
        await browser.SignOutAsync();
        await browser.PasswordAsync();

        Assert.Empty(site.Warnings());
    }

    // The site of a cookie alone, beside which somebody else signs in.
    [Fact(Timeout = 60_000)]
    public async Task A_site_without_Identity_is_not_warned()
    {
        await using var site = await LifetimeSite.StartAsync(static setup => setup.AddPages());
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/sign-out");
        await browser.GetAsync("/as?user=somebody");

        Assert.Empty(site.Warnings());
    }

    private static void AssertWarned(LifetimeSite site)
    {
        var warning = Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Equal((119, "TokensNotKept"), (warning.Id.Id, warning.Id.Name));
        Assert.Contains("AddBinanceTokens", warning.Message, StringComparison.Ordinal);
        Assert.Empty(site.Logged(LogLevel.Error));
    }

    private Task<LifetimeSite> StartAsync(Action<IdentitySetup>? configure = null) => _database.StartAsync(setup =>
    {
        setup.KeepsTokens = false;
        configure?.Invoke(setup);
    });
}
