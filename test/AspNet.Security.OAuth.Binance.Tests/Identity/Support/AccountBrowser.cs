using System.Text.Json;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// A browser on a site with Identity's pages, and the actions of its user. A sign-in with Binance returns its access token.
/// </summary>
internal sealed class AccountBrowser(TestSite site, SiteBrowser? browser = null)
{
    public const string CookieName = ".AspNetCore.Identity.Application";

    private const string ExternalCookieName = "Identity.External";
    private const string SignedIn = AccountPages<IdentityUser>.SignedIn;

    public SiteBrowser Browser { get; } = browser ?? site.Browser();

    public bool IsSignedIn => Browser.HasCookie(CookieName);

    public bool HasExternalCookie => Browser.HasCookie(ExternalCookieName);

    public AccountBrowser Copy(TestSite? at = null) => new(at ?? site, Browser.Copy(at));

    /// <summary>Returns from Binance, without opening the page of the redirect.</summary>
    public async Task<string> ArriveAsync(string login = "/login", string scheme = "Binance")
    {
        await Browser.SignInAsync(scheme: scheme, login: login);
        return site.NewestToken();
    }

    public async Task<string> RegisterAsync(string name = AccountUsers.Name)
    {
        var token = await ArriveAsync();
        Assert.Equal(AccountPages<IdentityUser>.Unknown, (await Browser.GetAsync("/ExternalLogin/Callback")).Body);
        Assert.Equal(SignedIn, await ConfirmAsync(name));
        return token;
    }

    /// <summary>Sends the form of the registration.</summary>
    public async Task<string> ConfirmAsync(string name = AccountUsers.Name) => (await Browser.PostAsync("/ExternalLogin/Confirmation?email=" + name)).Body;

    /// <summary>Signs in with a login that a user has.</summary>
    public async Task<string> SignInAsync()
    {
        var token = await ArriveAsync();
        Assert.Equal(SignedIn, (await Browser.GetAsync("/ExternalLogin/Callback")).Body);
        return token;
    }

    /// <summary>Links a login to the user who is signed in.</summary>
    public async Task<string> LinkAsync(string scheme = "Binance")
    {
        var token = await ArriveAsync("/link", scheme);
        Assert.Equal("", (await Browser.GetAsync("/ExternalLogins/LinkCallback")).Body);
        return token;
    }

    /// <summary>Signs in with a password, through the login page, or only by sending its form.</summary>
    public async Task PasswordAsync(string name = AccountUsers.Name, bool opensPage = true, bool remembers = false)
    {
        if (opensPage)
        {
            await Browser.GetAsync("/Login");
        }

        Assert.Equal(SignedIn, (await Browser.PostAsync($"/Login?name={name}" + (remembers ? "&remember" : null))).Body);
    }

    public async Task SignOutAsync()
    {
        await Browser.PostAsync("/Logout");
        Assert.False(IsSignedIn);
    }

    /// <summary>The token that a page gets for the user of its request, or <see langword="null"/>.</summary>
    public async Task<string?> TokenAsync() => JsonSerializer.Deserialize<string?>((await Browser.GetAsync("/token")).Body);

    /// <summary>What the application's cookie holds.</summary>
    public Task<SiteSession> SessionAsync() => Browser.SessionAsync(IdentityConstants.ApplicationScheme);
}
