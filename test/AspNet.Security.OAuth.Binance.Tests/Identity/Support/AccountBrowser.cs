using System.Text.Json;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A browser on a site with Identity's pages, and what its user does there. A sign-in with Binance returns the access token that it brought.
/// </summary>
internal sealed class AccountBrowser(LifetimeSite site, LifetimeBrowser? browser = null)
{
    public const string CookieName = ".AspNetCore.Identity.Application";
    public const string ExternalCookieName = "Identity.External";

    private const string SignedIn = AccountPages<IdentityUser>.SignedIn;

    public LifetimeBrowser Browser { get; } = browser ?? site.Browser();

    public bool IsSignedIn => Browser.HasCookie(CookieName);

    public bool HasExternalCookie => Browser.HasCookie(ExternalCookieName);

    public AccountBrowser Copy(LifetimeSite? at = null) => new(at ?? site, Browser.Copy(at));

    /// <summary>Comes back from Binance, and does not open the page that the redirect names.</summary>
    public async Task<string> ArriveAsync(string login = "/login", string scheme = "Binance")
    {
        await Browser.SignInAsync(scheme, login);
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

    /// <summary>Signs in with a password, by the login page, or by its form alone.</summary>
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

    /// <summary>The token that a page gets for the user of its request.</summary>
    public async Task<string?> TokenAsync() => JsonSerializer.Deserialize<string?>((await Browser.GetAsync("/token")).Body);

    /// <summary>What the application's cookie holds.</summary>
    public Task<SessionView> SessionAsync() => Browser.SessionAsync(IdentityConstants.ApplicationScheme);
}
