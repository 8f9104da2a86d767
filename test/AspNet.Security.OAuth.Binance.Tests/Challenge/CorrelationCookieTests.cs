using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class CorrelationCookieTests
{
    [Theory]
    [InlineData("https://site.example", true)]
    [InlineData("http://localhost:5200", false)]
    public async Task Correlation_cookie_is_lax_and_http_only_and_secure_on_https(string origin, bool secure)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser(origin);

        var request = await browser.ChallengeAsync();
        var cookie = Assert.Single(browser.Jar.Cookies);

        Assert.StartsWith(".AspNetCore.Correlation.", cookie.Name, StringComparison.Ordinal);
        Assert.Equal(SameSiteMode.Lax, cookie.SameSite);
        Assert.True(cookie.IsHttpOnly);
        Assert.Equal(secure, cookie.IsSecure);
        Assert.Equal("/", cookie.Path);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(15), cookie.Ends);
        Assert.DoesNotContain(request.State, cookie.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Correlation_cookie_has_the_path_of_the_whole_site()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.PathBase = "/shop");
        var browser = site.Browser();

        await browser.ChallengeAsync("/shop/login");

        Assert.Equal("/shop", Assert.Single(browser.Jar.Cookies).Path);
    }

    [Fact]
    public async Task Correlation_cookie_is_deleted_by_the_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.DoesNotContain(browser.Jar.Names, name => name.Contains("Correlation", StringComparison.Ordinal));
    }

    // The framework's methods, which log the cookie's name, are not used, and neither are their names.
    [Fact]
    public async Task State_has_no_correlation_id_of_the_framework()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var items = site.Options.StateDataFormat.Unprotect(request.State)!.Items;

        Assert.DoesNotContain(".xsrf", items.Keys);
        var id = Assert.Single(items, item => browser.HasCookie(".AspNetCore.Correlation." + item.Value));
        Assert.Equal(".binance.correlation", id.Key);
    }
}
