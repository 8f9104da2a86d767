using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// A ticket stores the value type of a claim unless it is a string: 40 characters and more for each claim.
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
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("access_token", JsonSerializer.Serialize(LongText.Of(4096))));
        binance.Respond(BinanceStub.UserPath, Responses.UserWith("data", $$"""{"userId":"{{Responses.UserId}}","level":[{{numbers}}]}"""));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.ClaimActions.MapJsonKey("n", "level", valueType));
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.InRange(browser.CookieHeader("/").Length, 0, MostHeaders);
    }
}
