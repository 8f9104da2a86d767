using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The page of a failed sign-in. A link can open it with any values.
/// </summary>
public sealed class FailedTests
{
    public static TheoryData<string> Failures =>
    [
        "unknown", "access_denied", "authorization_error", "invalid_callback", "invalid_state", "correlation_failed", "invalid_client",
        "invalid_grant", "token_error", "api_error", "invalid_response", "unavailable", "timeout",
    ];

    public static TheoryData<string> HostileValues =>
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title><h1>evil</h1>", "&#60;script>", "{{7*7}}", "\r\n\r\n<h1>evil</h1>", "\0", "\uFFFD",
    ];

    [Fact]
    public void These_tests_cover_every_failure()
        => Assert.Equal(SiteFailures.All.Count, Failures.Select(row => row.Data).Distinct().Count());

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Page_of_a_failure_is_self_contained_in_either_language_and_has_a_link_to_continue(string failure)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        foreach (var language in new[] { "en", "tr" })
        {
            var page = await site.Browser().OpenPageAsync($"/auth/failed?failure={failure}&returnUrl=%2Forders%3Fpage%3D2%26a%3Db", language);

            Assert.Equal(HttpStatusCode.OK, page.Response.Status);
            Assert.Equal(language, page.Language);
            Assert.Contains("Accept-Language", page.Response.Header("Vary"), StringComparison.OrdinalIgnoreCase);
            Assert.Empty(page.Response.SetCookieHeaders);
            page.AssertSelfContained();
            Assert.Equal("/orders?page=2&a=b", await site.Browser().LogInAsync(Assert.Single(page.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal))));
            Assert.DoesNotContain(failure, page.Text.Split(' '));
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("tr")]
    public async Task Failures_with_the_same_remedy_have_the_same_text(string language)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        Dictionary<string, string> texts = [];

        foreach (var failure in Failures.Select(row => row.Data))
        {
            texts[failure] = (await browser.OpenPageAsync("/auth/failed?failure=" + failure, language)).Text;
        }

        string[][] expected =
        [
            ["access_denied"],
            ["correlation_failed"],
            ["invalid_state", "invalid_callback"],
            ["invalid_client"],
            ["authorization_error", "token_error", "invalid_grant", "api_error", "invalid_response"],
            ["unavailable", "timeout"],
            ["unknown"],
        ];
        Assert.Equal(
            expected.Select(group => string.Join(' ', group.Order())).Order(),
            texts.GroupBy(text => text.Value, text => text.Key).Select(group => string.Join(' ', group.Order())).Order());
    }

    [Fact]
    public async Task No_text_is_the_same_in_both_languages()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var english = await browser.OpenPageAsync("/auth/failed?failure=access_denied", "en");
        var turkish = await browser.OpenPageAsync("/auth/failed?failure=access_denied", "tr");

        Assert.Contains("Try again", english.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Try again", turkish.Text, StringComparison.Ordinal);
        Assert.Matches("[ğışçöüİ]", turkish.Text);
    }

    [Theory]
    [InlineData("/auth/failed?failure")]
    [InlineData("/auth/failed?failure=something_else")]
    [InlineData("/auth/failed?failure=0")]
    [InlineData("/auth/failed?failure=1")]
    [InlineData("/auth/failed?failure=access_denied&failure=timeout")]
    public async Task An_invalid_failure_has_the_text_of_an_unknown_one(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var page = await browser.OpenPageAsync(path, "en");

        Assert.Equal(HttpStatusCode.OK, page.Response.Status);
        Assert.Equal((await browser.OpenPageAsync("/auth/failed?failure=unknown", "en")).Text, page.Text);
    }

    // The framework redirects a user who cancelled to AccessDeniedPath, without a kind of failure.
    [Fact]
    public async Task A_missing_failure_has_the_text_of_a_cancelled_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance, configure: setup => setup.Binance = options => (options.FailurePath, options.AccessDeniedPath) = ("/own", "/auth/failed"));
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/auth/login?returnUrl=/orders");
        var back = await browser.ReturnWithQueryAsync(new() { ["state"] = request.State, ["error"] = "access_denied" });

        var page = await browser.OpenPageAsync(back.LocationHeader!, "en");

        Assert.Equal((await browser.OpenPageAsync("/auth/failed?failure=access_denied", "en")).Text, page.Text);
        Assert.Equal(["/auth/login?returnUrl=%2Forders", "/"], page.Links);
    }

    [Theory]
    [InlineData("", "en")]
    [InlineData("en", "en")]
    [InlineData("tr", "tr")]
    [InlineData("TR", "tr")]
    [InlineData("tr-TR", "tr")]
    [InlineData("tr-CY,en;q=0.5", "tr")]
    [InlineData("tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "tr")]
    [InlineData("en-US,en;q=0.9,tr;q=0.8", "en")]
    [InlineData("tr;q=0.5,en;q=0.9", "en")]
    [InlineData("en;q=0.5,tr;q=0.9", "tr")]
    [InlineData("en;q=0.2, tr;q=0.30", "tr")]
    [InlineData("de,tr;q=0.5", "tr")]
    [InlineData("de,en;q=0.1,tr;q=0.2", "tr")]
    [InlineData("de", "en")]
    [InlineData("*", "en")]
    [InlineData("de,*;q=0.5", "en")]
    [InlineData("tr;q=0", "en")]
    [InlineData("tr;q=0,*", "en")]
    [InlineData("tr;q=0.000", "en")]
    [InlineData("trv", "en")]
    [InlineData("tren-US", "en")]
    [InlineData("xx-tr", "en")]
    [InlineData("tr;q=2", null)]
    [InlineData("tr;q=-1", null)]
    [InlineData("tr;q=abc", null)]
    [InlineData("tr;q=", null)]
    [InlineData(";;;,,,==", "en")]
    [InlineData("\"", "en")]
    public async Task Language_follows_the_quality_values_of_the_browser(string accept, string? expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var page = await site.Browser().OpenPageAsync("/auth/failed?failure=timeout", accept);

        Assert.Equal(HttpStatusCode.OK, page.Response.Status);
        Assert.Equal(expected ?? page.Language, page.Language);
        Assert.Matches("^(en|tr)$", page.Language);
        Assert.Contains("Accept-Language", page.Response.Header("Vary"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_long_list_of_languages_causes_no_error()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var page = await site.Browser().OpenPageAsync("/auth/failed", string.Join(',', Enumerable.Repeat("de;q=0.9", 2000)));

        Assert.Equal("en", page.Language);
    }

    [Theory]
    [MemberData(nameof(HostileValues))]
    public async Task A_hostile_value_in_a_parameter_is_encoded_or_dropped(string value)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var escaped = Uri.EscapeDataString(value);

        foreach (var browser in new[] { site.Browser(), await site.SignedInAsync() })
        {
            foreach (var query in new[] { "failure=" + escaped, $"failure=timeout&returnUrl={escaped}", $"failure=timeout&returnUrl=%2F{escaped}", $"failure=timeout&locale={escaped}&error={escaped}&{escaped}={escaped}" })
            {
                var page = await browser.OpenPageAsync("/auth/failed?" + query, "en");

                Assert.Equal(HttpStatusCode.OK, page.Response.Status);
                page.AssertSelfContained();
                Assert.DoesNotContain("alert(1)", page.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("evil", page.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("49", page.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("' onmouseover='", page.Html, StringComparison.Ordinal);
                Assert.All(page.Links, link => Assert.StartsWith("/", link, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [MemberData(nameof(LoginReturnUrlTests.NotLocal), MemberType = typeof(LoginReturnUrlTests))]
    public async Task The_link_of_a_return_url_that_is_not_local_is_the_start_page(string returnUrl)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var anonymous = await site.Browser().OpenPageAsync("/auth/failed?failure=timeout".WithReturnUrl(returnUrl), "en");
        var signedIn = await (await site.SignedInAsync()).OpenPageAsync("/auth/failed?failure=correlation_failed".WithReturnUrl(returnUrl), "en");

        Assert.Equal("/", await site.Browser().LogInAsync(Assert.Single(anonymous.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal))));
        Assert.All(signedIn.Links, link => Assert.Equal("/", link));
        Assert.NotEmpty(signedIn.Links);
    }

    [Theory]
    [InlineData("/shop/auth/failed")]
    [InlineData("/shop/auth/failed/")]
    [InlineData("/shop/AUTH/FAILED")]
    public async Task Below_a_path_base_the_links_lead_to_the_site(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = "/shop");
        var browser = site.Browser();

        var anonymous = await browser.OpenPageAsync(path + "?failure=timeout&returnUrl=/shop/orders", "en");
        var login = Assert.Single(anonymous.Links, link => link.Contains("login", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("/shop/orders", await browser.LogInAsync(login, "/shop"));
        var signedIn = await browser.OpenPageAsync(path + "?failure=correlation_failed", "en");

        Assert.Contains("/shop/", signedIn.Links);
    }

    [Fact]
    public async Task Page_is_the_same_for_a_group_whose_prefix_has_a_parameter()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, map: endpoints => endpoints.MapGroup("/{tenant}/auth").MapBinanceLogin());

        var page = await site.Browser().OpenPageAsync("/blue/auth/failed?failure=timeout&returnUrl=/orders", "en");

        Assert.Contains(page.Links, link => link.StartsWith("/blue/auth/login?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_path_base_that_would_name_a_host_leads_to_no_other_site()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.BeforeAuthentication = app => app.Use((context, next) =>
        {
            context.Request.PathBase = context.Request.Headers["X-Base"] is [{ } pathBase] ? new PathString(pathBase) : default;
            return next(context);
        }));
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/auth/failed?failure=correlation_failed", ("X-Base", "//evil.example"));

        Assert.All(LoginPage.Of(response).Links, link => Assert.Equal("/evil.example/", link));
    }

    [Fact]
    public async Task The_page_allows_anonymous_visitors_where_every_page_needs_a_user()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes
            => Microsoft.Extensions.DependencyInjection.PolicyServiceCollectionExtensions.AddAuthorization(schemes.Services, LoginSite.FallbackNeedsUser));

        var page = await site.Browser().OpenPageAsync("/auth/failed?failure=timeout", "en");

        Assert.Equal(HttpStatusCode.OK, page.Response.Status);
    }
}
