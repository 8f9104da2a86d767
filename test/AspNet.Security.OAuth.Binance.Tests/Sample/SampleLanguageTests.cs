using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// Which language a visitor gets.
/// </summary>
public sealed partial class SampleLanguageTests(SampleFactory sample) : IClassFixture<SampleFactory>
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("en-GB", "en")]
    [InlineData("tr", "tr")]
    [InlineData("tr-TR", "tr")]
    [InlineData("TR-tr", "tr")]
    [InlineData("tr;q=0,de", "en")]
    [InlineData("tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "tr")]
    [InlineData("de,en;q=0.5,tr;q=0.6", "tr")]
    [InlineData("de", "en")]
    [InlineData("no such language", "en")]
    public async Task Page_has_the_language_that_the_browser_prefers(string? acceptLanguage, string expected)
    {
        using var visitor = new SampleVisitor(sample);

        var page = await visitor.GetTextAsync("/", acceptLanguage);

        Assert.Equal(expected, LanguageOf(page));
        Assert.Contains(expected is "tr" ? "Binance ile giriş yap" : "Login with Binance", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_language_overrides_that_of_the_browser_on_every_page_and_at_binance()
    {
        using var visitor = new SampleVisitor(sample);

        using var chosen = await visitor.ChooseLanguageAsync("tr");

        Assert.All(
            [await visitor.GetTextAsync("/", "en"), await visitor.GetTextAsync("/account/denied", "en"), await visitor.GetTextAsync("/no-such-page", "en")],
            page => Assert.Equal("tr", LanguageOf(page)));
        using var challenge = await visitor.GetAsync("/account/login");
        Assert.Equal("/tr/oauth/authorize", challenge.Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task Choice_is_kept_for_a_year_and_can_be_changed()
    {
        using var visitor = new SampleVisitor(sample);

        using var turkish = await visitor.ChooseLanguageAsync("tr");
        using var english = await visitor.ChooseLanguageAsync("en");

        Assert.Contains("max-age=31536000", Assert.Single(turkish.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.Equal("en", LanguageOf(await visitor.GetTextAsync("/", "tr")));
    }

    [Theory]
    [InlineData("http://localhost/account/failed?failure=timeout&returnUrl=%2Fprofile", "/account/failed?failure=timeout&returnUrl=%2Fprofile")]
    [InlineData("http://localhost/", "/")]
    [InlineData("http://localhost//evil.example", "/")]
    [InlineData("http://localhost/\\evil.example", "/")]
    [InlineData("https://evil.example/page", "/page")]
    [InlineData("https://evil.example//evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData(null, "/")]
    public async Task Choice_returns_to_the_page_with_the_button_and_to_no_other_site(string? referer, string expected)
    {
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.ChooseLanguageAsync("tr", referer);

        Assert.Equal(expected, response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("de")]
    [InlineData("")]
    [InlineData("TR")]
    [InlineData("tr|uic=en")]
    public async Task Language_that_the_site_does_not_have_is_refused(string language)
    {
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.ChooseLanguageAsync(language);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("https://localhost")]
    [InlineData("http://localhost:81")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Form_of_another_origin_cannot_change_the_language(string? origin)
    {
        using var visitor = new SampleVisitor(sample);

        using var form = await visitor.ChooseLanguageAsync("tr", origin: origin);

        Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        Assert.False(form.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Start_page_of_a_visitor_without_a_session_sets_no_cookie()
    {
        using var visitor = new SampleVisitor(sample);

        using var home = await visitor.GetAsync("/");

        Assert.False(home.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Link_of_another_site_cannot_change_the_language()
    {
        using var visitor = new SampleVisitor(sample);

        using var link = await visitor.GetAsync("/language?language=tr");
        using var query = await visitor.GetAsync("/?culture=tr&ui-culture=tr");

        Assert.InRange((int)link.StatusCode, 400, 499);
        Assert.Equal("en", LanguageOf(await query.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("en", LanguageOf(await visitor.GetTextAsync("/")));
    }

    [Fact]
    public async Task Button_for_the_language_is_on_every_page_that_can_be_opened_again()
    {
        using var visitor = new SampleVisitor(sample);

        using var opened = await visitor.GetAsync("/no-such-page");
        using var posted = await visitor.PostAsync("/no-such-page");

        Assert.Contains("action=\"/language\"", await opened.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/language\"", await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string LanguageOf(string page) => Language().Match(page).Groups[1].Value;

    [GeneratedRegex("<html lang=\"([^\"]*)\">")]
    private static partial Regex Language();
}
