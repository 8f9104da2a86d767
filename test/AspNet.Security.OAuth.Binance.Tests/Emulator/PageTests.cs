using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed partial class PageTests : EmulatorTest
{
    public static TheoryData<string> Pages => ["status", "consent", "unknown client", "not found", "used"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_says_that_it_is_not_Binance(string page) =>
        Assert.Contains("This is not Binance.", await HtmlAsync(page), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_has_a_language_a_title_landmarks_and_one_heading(string page)
    {
        var html = await HtmlAsync(page);

        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Matches("<title>[^<]{5,}</title>", html);
        Assert.Contains("name=\"viewport\"", html, StringComparison.Ordinal);
        Assert.Contains("<main id=\"main\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"#main\"", html, StringComparison.Ordinal);
        Assert.Single(Heading().Matches(html));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_lets_nothing_in_and_is_kept_nowhere(string page)
    {
        using var response = await GetAsync(page);
        var html = await response.Content.ReadAsStringAsync(Cancellation);

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'self'; img-src 'self'; form-action ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal([page is "consent" or "status" ? "same-origin" : "no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(page == "status" ? ["<script src=\"/emulator.js\""] : [], Script().Matches(html).Select(script => script.Value));
        Assert.Equal(page == "status", policy.Contains("script-src 'self'; connect-src 'self'", StringComparison.Ordinal));
        Assert.DoesNotContain(" style=", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Every_input_has_a_label_and_the_choice_has_a_legend()
    {
        var html = await HtmlAsync("consent");

        var inputs = VisibleInput().Matches(html);
        Assert.Equal(3, inputs.Count);
        Assert.All(inputs, input => Assert.Contains($"<label class=\"account\" for=\"{input.Groups[1].Value}\">", html, StringComparison.Ordinal));
        Assert.Contains("<legend>", html, StringComparison.Ordinal);
        Assert.Single(Checked().Matches(html));
    }

    [Fact]
    public async Task The_policy_allows_the_consent_form_to_redirect_to_the_application()
    {
        using var response = await GetAsync("consent");

        Assert.Contains("form-action 'self' http://localhost:5200 ", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/emulator.css", "text/css")]
    [InlineData("/emulator.svg", "image/svg+xml")]
    [InlineData("/emulator.js", "text/javascript")]
    public async Task Style_sheet_script_and_icon_are_served(string path, string contentType)
    {
        using var response = await Visitor.Http.GetAsync(path, Cancellation);

        Assert.Equal((HttpStatusCode.OK, contentType), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/emulator")]
    [InlineData("/emulator.css")]
    public async Task Pages_accept_GET_and_HEAD_alone(string path)
    {
        using var response = await Visitor.ApiAsync(HttpMethod.Post, path, accessToken: null);
        using var head = await Visitor.ApiAsync(HttpMethod.Head, path, accessToken: null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    private async Task<string> HtmlAsync(string page)
    {
        using var response = await GetAsync(page);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<HttpResponseMessage> GetAsync(string page) => page switch
    {
        "status" => await Visitor.Http.GetAsync("/", Cancellation),
        "consent" => await Visitor.AuthorizeAsync(),
        "unknown client" => await Visitor.AuthorizeAsync(("client_id", "unknown")),
        "not found" => await Visitor.Http.GetAsync("/no/such/page", Cancellation),
        _ => await Visitor.DecideAsync(await Visitor.OpenConsentAsync() with { Id = "used" }, "authorize"),
    };

    [GeneratedRegex("<script[^>]*?src=\"[^\"]*\"|<script(?! src)|(?<= )on[a-z]+=", RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex Heading();

    [GeneratedRegex("<input type=\"radio\" id=\"([^\"]+)\"")]
    private static partial Regex VisibleInput();

    [GeneratedRegex(" checked>")]
    private static partial Regex Checked();
}
