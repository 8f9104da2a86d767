using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// The largest sign-ins that are accepted, on Kestrel as it is by default: 32 KiB for all headers of a request. With a larger cookie
/// every request would get 431 for as long as the browser keeps it.
/// </summary>
public sealed class CookieSizeTests
{
    private const int Longest = 4096;

    [Fact]
    public async Task The_next_request_after_the_largest_sign_in_is_accepted()
    {
        await using var site = await StartAsync();

        var browser = await SignInAsync(site, new string('漢', 320), JsonSerializer.Serialize(LongText.Of((8 * 1024) - 1500)));

        Assert.True(browser.HasSessionCookie);
        await AssertNextRequestIsAcceptedAsync(browser);
    }

    [Fact]
    public async Task The_next_request_after_a_refresh_with_the_largest_tokens_is_accepted()
    {
        await using var site = await StartAsync();
        var browser = await SignInAsync(site, "user@example.com", JsonSerializer.Serialize(LongText.Of(7 * 1024)));

        site.Clock.Pass(TimeSpan.FromDays(1));
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(TokensOf(seed: 2)));
        await browser.GetAsync("/session");

        Assert.Equal(LongText.Of(Longest, seed: 2), (await browser.SessionAsync()).RefreshToken);
        await AssertNextRequestIsAcceptedAsync(browser);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(800)]
    [InlineData(1600)]
    [InlineData(3200)]
    [InlineData(6400)]
    [InlineData(12_800)]
    public async Task The_next_request_after_any_accepted_number_of_small_claims_is_accepted(int count)
    {
        await using var site = await StartAsync();

        var browser = await SignInAsync(site, "user@example.com", $"[{string.Join(',', Enumerable.Repeat("1", count))}]");

        if (browser.HasSessionCookie)
        {
            await AssertNextRequestIsAcceptedAsync(browser);
        }
        else
        {
            Assert.Contains(site.Logged(Microsoft.Extensions.Logging.LogLevel.Warning), record => record.Id.Name == "SignInFailed");
        }
    }

    private static Task<TestSite> StartAsync() => TestSite.StartAsync(setup =>
    {
        setup.UseKestrel = true;
        setup.Binance = options => options.ClaimActions.MapJsonKey("n", "note");
    });

    private static async Task<SiteBrowser> SignInAsync(TestSite site, string email, string note)
    {
        var browser = site.Browser();
        var user = $$"""{"userId":"{{LongText.Of(256)}}","email":"{{email}}","note":{{note}}}""";
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(TokensOf(seed: 1)));
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body($$"""{"code":"000000","message":null,"data":{{user}},"success":true}"""));
        await browser.SignInAsync();
        return browser;
    }

    private static string TokensOf(int seed)
    {
        var token = LongText.Of(Longest, seed);
        return $$"""{"access_token":"{{token}}","refresh_token":"{{token}}","token_type":"bearer","expires_in":86400}""";
    }

    private static async Task AssertNextRequestIsAcceptedAsync(SiteBrowser browser)
    {
        // The correlation cookies of unfinished sign-ins, as many as a browser may have.
        for (var i = 0; i < 8; i++)
        {
            await browser.GetAsync("/login");
        }

        // The other headers of a browser, with a long referrer.
        var response = await browser.GetAsync(
            "/session",
            ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"),
            ("Accept-Language", "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7"),
            ("Referer", "https://accounts.binance.com/" + new string('r', 2000)));

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.True(response.Session.SignedIn);
    }
}
