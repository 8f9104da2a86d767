using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A session's cookie that is split into parts because of its length, and that a response sets more than once.
/// </summary>
public sealed class CookiePartsTests
{
    private static readonly string _first = new('1', 2000);
    private static readonly string _second = new('2', 1000);

    [Fact]
    public async Task Of_two_sign_ins_in_one_response_only_the_parts_of_the_second_are_sent()
    {
        await using var site = await StartAsync();
        var browser = site.Browser();

        var response = await browser.GetAsync("/twice");

        var parts = response.SetCookies.Count(cookie => cookie.Name.Value!.StartsWith(SiteResponse.CookieName + "C", StringComparison.Ordinal));
        Assert.True(parts > 1);
        Assert.Equal($"chunks-{parts}", Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName).Value.Value);
        Assert.Equal(_second, (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task Of_a_sign_in_and_a_sign_out_in_one_response_no_part_is_left()
    {
        await using var site = await StartAsync();
        var browser = site.Browser();

        await browser.GetAsync("/in-and-out");

        Assert.Empty(browser.Jar.Names);
    }

    [Fact]
    public async Task Cookies_of_the_application_s_own_are_kept_whatever_their_names_and_values_are()
    {
        string[] own =
        [
            "a=1",
            "theme=chunks-90; path=/",
            SiteResponse.CookieName + "C80=application-value-7; path=/",
            SiteResponse.CookieName + "C0=application-value-8; path=/",
        ];
        await using var site = await StartAsync(own);

        var response = await site.Browser().GetAsync("/twice");

        Assert.Equal(own, response.SetCookieHeaders.Intersect(own));
    }

    private static Task<TestSite> StartAsync(params string[] own) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = static cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 600 };
        setup.Pages["/twice"] = async context =>
        {
            foreach (var cookie in own)
            {
                context.Response.Headers.Append("Set-Cookie", cookie);
            }

            await context.SignInAsync("Cookies", CookieSites.User(_first));
            await context.SignInAsync("Cookies", CookieSites.User(_second));
        };
        setup.Pages["/in-and-out"] = async context =>
        {
            await context.SignInAsync("Cookies", CookieSites.User(_first));
            await context.SignOutAsync("Cookies");
        };
    });
}
