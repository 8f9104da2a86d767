using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Challenge.Support;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// An application may replace the builder of the correlation cookie by one without a name.
/// </summary>
public sealed class OwnCorrelationCookieTests
{
    [Fact]
    public async Task A_builder_without_a_name_signs_in_while_another_sign_in_is_unfinished()
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance);
        var browser = site.Browser();
        await browser.ChallengeAsync();

        var second = await browser.GetAsync("/login");

        Assert.Equal(HttpStatusCode.Redirect, second.Status);
        await browser.ReturnWithCodeAsync(new AuthorizeRequest(second.Location!));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_builder_without_a_name_leaves_the_cookies_of_eight_unfinished_sign_ins()
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance);
        var browser = site.Browser();

        await browser.BeginAsync(site.Clock, 12, TimeSpan.FromSeconds(1));

        Assert.Equal(CorrelationCookies.Limit, browser.Jar.Cookies.Count);
    }

    private static Task<TestSite> StartAsync(BinanceStub binance)
        => TestSite.StartAsync(binance, setup => setup.Binance = options => options.CorrelationCookie = new CookieBuilder
        {
            HttpOnly = true,
            SameSite = SameSiteMode.None,
            SecurePolicy = CookieSecurePolicy.Always,
            IsEssential = true,
        });
}
