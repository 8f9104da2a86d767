using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Characters for which <see cref="char.IsControl(char)"/> is false, and which can still forge a line or hide text in a description.
/// </summary>
public sealed class ErrorTextTests
{
    [Theory]
    [InlineData('\u2028')]
    [InlineData('\u2029')]
    [InlineData('\u202e')]
    [InlineData('\u2066')]
    [InlineData('\u200b')]
    [InlineData('\ufeff')]
    public async Task A_description_has_no_line_separators_and_no_invisible_characters(char character)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.ReturnWithQueryAsync(new()
        {
            ["error"] = "invalid_scope",
            ["error_description"] = $"one{character}info: forged",
            ["state"] = (await browser.ChallengeAsync()).State,
        });

        Assert.DoesNotContain(site.SingleFailure().ErrorDescription ?? string.Empty, text => char.GetUnicodeCategory(text)
            is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }

    [Fact]
    public async Task An_address_that_repeats_the_encoded_code_is_dropped()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var escaped = string.Concat(SiteBrowser.Code.Select(character => $"%{(int)character:x2}"));

        await browser.ReturnWithQueryAsync(new()
        {
            ["error"] = "invalid_scope",
            ["error_uri"] = "https://server.example/?code=" + escaped,
            ["code"] = SiteBrowser.Code,
            ["state"] = (await browser.ChallengeAsync()).State,
        });

        Assert.Null(site.SingleFailure().ErrorUri);
    }
}
