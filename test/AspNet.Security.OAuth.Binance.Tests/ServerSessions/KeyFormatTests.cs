using System.Text;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// What the cookie and the cache contain is protected for the purposes of this version, so that the next version can read it, and no other purpose can.
/// </summary>
public sealed class KeyFormatTests
{
    private const string Purpose = "AspNet.Security.OAuth.Binance.Sessions";

    [Fact]
    public async Task Cookie_is_the_key_for_the_purposes_of_its_scheme()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        var cookie = browser.SessionCookie.Value;

        Assert.Equal(site.StoreKey(cookie), Encoding.UTF8.GetString(Protector(site, Purpose, "Cookies", "key", "v1").Unprotect(WebEncoders.Base64UrlDecode(cookie))));
    }

    [Fact]
    public async Task Entry_ends_with_its_value_for_the_purposes_of_the_sessions()
    {
        await using var site = await ServerSite.StartAsync();
        await site.SignedInAsync();

        var bound = Protector(site, Purpose, "v1").Unprotect(Assert.Single(site.Store().TicketWrites()).Value);

        Assert.NotNull(TicketSerializer.Default.Deserialize(bound[16..]));
    }

    [Fact]
    public async Task Cookie_that_is_protected_for_another_purpose_is_not_valid()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var format = site.CookieOptions().TicketDataFormat;
        var ticket = format.Unprotect(browser.SessionCookie.Value)!;

        var ofToken = format.Protect(ticket, "a token binding");

        Assert.Equal(site.StoreKey(browser.SessionCookie.Value), site.StoreKey(format.Protect(ticket)));
        Assert.NotNull(format.Unprotect(ofToken, "a token binding"));
        Assert.Null(format.Unprotect(ofToken, "another"));
        Assert.Null(format.Unprotect(ofToken));
        Assert.Null(format.Unprotect(null));
        Assert.Null(format.Unprotect("%%"));
    }

    [Fact]
    public async Task Ticket_without_a_key_is_no_session()
    {
        await using var site = await ServerSite.StartAsync();
        var format = site.CookieOptions().TicketDataFormat;

        var cookie = format.Protect(new(CookieSites.User("7"), new(), "Cookies"));

        Assert.Null(format.Unprotect(cookie));
    }

    private static IDataProtector Protector(TestSite site, params string[] purposes)
        => site.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector(purposes);
}
