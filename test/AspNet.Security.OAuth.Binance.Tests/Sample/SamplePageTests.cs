using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

public sealed class SamplePageTests(SampleFactory sample) : IClassFixture<SampleFactory>
{
    [Fact]
    public async Task Every_kind_of_failure_has_its_own_text()
    {
        using var visitor = new SampleVisitor(sample);
        var general = await visitor.GetTextAsync("/account/failed?failure=unknown");

        foreach (var kind in SiteFailures.All.Where(failure => failure is not BinanceFailure.Unknown))
        {
            var page = await visitor.GetTextAsync($"/account/failed?failure={System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString())}");
            Assert.NotEqual(Heading(general), Heading(page));
            Assert.Contains("Try again", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("no_such_kind")]
    [InlineData("")]
    public async Task Unknown_failure_gets_the_general_text_and_is_not_repeated(string failure)
    {
        using var visitor = new SampleVisitor(sample);

        var page = await visitor.GetTextAsync("/account/failed?failure=" + Uri.EscapeDataString(failure));

        Assert.Contains("The sign-in did not work", page, StringComparison.Ordinal);
        Assert.False(failure.Length > 0 && page.Contains(failure, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/account/failed?failure=timeout&returnUrl=https%3A%2F%2Fevil.example")]
    [InlineData("/account/denied?ReturnUrl=%2F%2Fevil.example")]
    public async Task Return_url_to_another_site_is_dropped(string path)
    {
        using var visitor = new SampleVisitor(sample);

        Assert.DoesNotContain("evil.example", await visitor.GetTextAsync(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/account/denied")]
    [InlineData("/account/failed?failure=timeout")]
    [InlineData("/no-such-page")]
    public async Task Every_page_has_the_security_headers(string path)
    {
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.GetAsync(path);

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Page_that_does_not_exist_is_a_page()
    {
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.GetAsync("/no-such-page");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    private static string Heading(string page) => page[page.IndexOf("<h1>", StringComparison.Ordinal)..page.IndexOf("</h1>", StringComparison.Ordinal)];
}
