using System.Globalization;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// What tests of a site's cookies add to a site.
/// </summary>
internal static class CookieSites
{
    /// <summary>Adds middleware in front of the site's own <c>UseAuthentication</c>.</summary>
    public static void UseBefore(this SiteSetup setup, Action<IApplicationBuilder> configure)
    {
        var services = setup.Services;
        setup.Services = collection =>
        {
            services(collection);
            collection.AddSingleton<IStartupFilter>(new Front(configure));
        };
    }

    /// <summary>Adds middleware in front of that of the library.</summary>
    public static void UseOutside(this SiteSetup setup, Action<IApplicationBuilder> configure)
        => setup.ServicesBefore = services => services.AddSingleton<IStartupFilter>(new Front(configure));

    /// <summary>Adds the site's pages in a branch.</summary>
    public static void RunPages(this IApplicationBuilder app, SiteSetup setup) => app.Run(context => SitePages.ServeAsync(context, setup.Pages, []));

    /// <summary>The ticket in a cookie: without a store the session, with one its key.</summary>
    public static AuthenticationTicket Ticket(this TestSite site, string cookie) => site.CookieOptions().TicketDataFormat.Unprotect(cookie)!;

    /// <summary>The store's key in a cookie.</summary>
    public static string StoreKey(this TestSite site, string cookie) => Assert.Single(site.Ticket(cookie).Principal.Claims).Value;

    /// <summary>Makes the session's cookie persistent: the browser keeps it when it is closed.</summary>
    public static void Persist(this CookieAuthenticationOptions cookie)
        => cookie.Events.OnSigningIn = context => Task.FromResult(context.Properties.IsPersistent = true);

    /// <summary>A browser that has signed in by TLS, which attributes such as <c>Secure</c> need.</summary>
    public static async Task<SiteBrowser> SignedInWithTlsAsync(this TestSite site)
    {
        var browser = site.BrowserWithTls();
        await browser.SignInAsync();
        return browser;
    }

    /// <summary>Sends a request that refreshes, and aborts it while the server holds the response with the tokens.</summary>
    public static async Task AbortRefreshAsync(this SiteBrowser browser, EmulatorHold hold)
    {
        using var aborted = new CancellationTokenSource();
        var request = browser.SendUntilAsync("/session", aborted.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await aborted.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    /// <summary>A ticket of the Binance scheme with new tokens, as a sign-in of another user makes it.</summary>
    public static AuthenticationProperties NewTicket(this TestSite site) => NewTicket(site.Emulator, site.Clock);

    public static AuthenticationProperties NewTicket(BinanceEmulator emulator, TimeProvider time)
    {
        var issued = emulator.Tokens.Issue();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = "Binance" } };
        ticket.StoreTokens([
            new() { Name = "access_token", Value = issued.AccessToken },
            new() { Name = "refresh_token", Value = issued.RefreshToken },
            new() { Name = "expires_at", Value = (time.GetUtcNow() + TestSite.TokenLifetime).ToString("o", CultureInfo.InvariantCulture) },
        ]);
        return ticket;
    }

    public static ClaimsPrincipal User(string name) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name)], "test"));

    private sealed class Front(Action<IApplicationBuilder> configure) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            configure(app);
            next(app);
        };
    }
}
