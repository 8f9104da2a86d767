using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class CorrelationCookieTests
{
    [Theory]
    [InlineData("https://site.example", true)]
    [InlineData("http://localhost:5200", false)]
    public async Task Correlation_cookie_is_lax_http_only_and_secure_where_the_site_is(string origin, bool secure)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site, origin);

        var request = await browser.ChallengeAsync();
        var cookie = Assert.Single(browser.Cookies.Values);

        Assert.StartsWith(".AspNetCore.Correlation.", cookie.Name.Value, StringComparison.Ordinal);
        Assert.Equal(SameSiteMode.Lax, cookie.SameSite);
        Assert.True(cookie.HttpOnly);
        Assert.Equal(secure, cookie.Secure);
        Assert.Equal("/", cookie.Path.Value);
        Assert.Equal(site.Time.GetUtcNow() + TimeSpan.FromMinutes(15), cookie.Expires);
        Assert.DoesNotContain(request.State, cookie.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Correlation_cookie_is_for_the_whole_site_so_that_the_next_challenge_sees_it()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/shop");
        var browser = new SiteBrowser(site);

        await browser.ChallengeAsync("/shop/login");

        Assert.Equal("/shop", Assert.Single(browser.Cookies.Values).Path.Value);
    }

    [Fact]
    public async Task Correlation_cookie_is_gone_after_the_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.DoesNotContain(browser.Cookies.Keys, name => name.Contains("Correlation", StringComparison.Ordinal));
    }

    // The framework's methods, which log the cookie's name, are not used, and neither are their names.
    [Fact]
    public async Task State_has_no_correlation_id_of_the_framework()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        var request = await browser.ChallengeAsync();
        var items = site.Options.StateDataFormat.Unprotect(request.State)!.Items;

        Assert.DoesNotContain(".xsrf", items.Keys);
        var id = Assert.Single(items, item => browser.Cookies.ContainsKey(".AspNetCore.Correlation." + item.Value));
        Assert.Equal(".binance.correlation", id.Key);
    }
}
