using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class LocaleTests
{
    [Theory]
    [InlineData("tr")]
    [InlineData("zh-TW")]
    public async Task Locale_of_the_options_is_the_language_segment(string locale)
    {
        var request = await ChallengeAsync(new AuthenticationProperties(), options => options.Locale = locale);

        Assert.Equal($"/{locale}/oauth/authorize", request.Path);
    }

    [Fact]
    public async Task Locale_of_one_challenge_takes_precedence_over_the_options()
    {
        var request = await ChallengeAsync(new BinanceChallengeProperties { Locale = "fr" }, options => options.Locale = "tr");

        Assert.Equal("/fr/oauth/authorize", request.Path);
        Assert.DoesNotContain("locale", request.Query.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("e")]
    [InlineData("eng")]
    [InlineData("zh-")]
    [InlineData("zh-T")]
    [InlineData("zh-Hants")]
    [InlineData("..")]
    [InlineData("e/")]
    [InlineData("en/x")]
    [InlineData("e?")]
    [InlineData("ñn")]
    public void A_challenge_refuses_a_locale_that_is_not_a_language_tag(string locale)
        => Assert.Throws<ArgumentException>(() => new BinanceChallengeProperties { Locale = locale });

    [Theory]
    [InlineData("../evil")]
    [InlineData("//evil.example")]
    [InlineData("en?x=")]
    public async Task A_locale_that_bypasses_the_property_is_not_in_the_url(string locale)
    {
        var properties = new AuthenticationProperties();
        properties.SetParameter(BinanceChallengeProperties.LocaleKey, locale);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ChallengeAsync(properties));

        Assert.Contains("Locale", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(locale, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://accounts.example.com/oauth/authorize")]
    [InlineData("https://fr/oauth/authorize")]
    [InlineData("https://accounts.example.com/apps/oauth/authorize")]
    [InlineData("https://accounts.example.com/en/authorize")]
    public async Task An_endpoint_without_a_language_segment_is_unchanged(string endpoint)
    {
        var request = await ChallengeAsync(
            new BinanceChallengeProperties { Locale = "tr" }, options => options.AuthorizationEndpoint = endpoint);

        Assert.Equal(endpoint, request.Url.GetLeftPart(UriPartial.Path));
    }

    [Fact]
    public async Task Locale_replaces_the_segment_before_the_endpoint_and_no_other()
    {
        var request = await ChallengeAsync(
            new BinanceChallengeProperties { Locale = "tr" },
            options => options.AuthorizationEndpoint = "https://en/en/en/oauth/authorize?at=/en/oauth/authorize");

        Assert.StartsWith("https://en/en/tr/oauth/authorize?at=/en/oauth/authorize&", request.Url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Challenge_properties_keep_the_items_and_parameters_that_they_were_created_with()
    {
        Dictionary<string, string?> items = new() { ["cart"] = "7" };
        Dictionary<string, object?> parameters = new() { [BinanceChallengeProperties.LocaleKey] = "tr" };

        var properties = new BinanceChallengeProperties(items, parameters);

        Assert.Equal("7", properties.Items["cart"]);
        Assert.Equal("tr", properties.Locale);
        Assert.Null(new BinanceChallengeProperties(items).Locale);
        Assert.Equal("7", new BinanceChallengeProperties(items).Items["cart"]);
    }

    private static async Task<AuthorizeRequest> ChallengeAsync(
        AuthenticationProperties properties, Action<BinanceAuthenticationOptions>? configure = null)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = configure ?? setup.Binance;
            setup.Pages["/challenge"] = context => context.ChallengeAsync("Binance", properties);
        });

        return await site.Browser().ChallengeAsync("/challenge");
    }
}
