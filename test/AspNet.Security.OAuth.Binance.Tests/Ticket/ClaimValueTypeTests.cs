using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A ticket holds the value type of a claim as well, unless it is that of text: 40 characters and more for each claim.
/// </summary>
public sealed class ClaimValueTypeTests
{
    // Kestrel's MaxRequestHeadersTotalSize. A request has other headers besides.
    private const int MostHeaders = 32 * 1024;

    [Theory]
    [InlineData(ClaimValueTypes.String)]
    [InlineData(ClaimValueTypes.Integer64)]
    public async Task Many_small_claims_fit_into_the_headers_of_the_next_request_or_are_refused(string valueType)
    {
        using var binance = new BinanceStub();
        var numbers = string.Join(',', Enumerable.Repeat("1", 380));
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", JsonSerializer.Serialize(LongText.Of(4096))));
        binance.Answer(BinanceStub.UserPath, Answers.UserWith("data", $$"""{"userId":"{{Answers.UserId}}","level":[{{numbers}}]}"""));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.ClaimActions.MapJsonKey("n", "level", valueType));
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.InRange(browser.CookieHeader("/").Length, 0, MostHeaders);
    }
}
