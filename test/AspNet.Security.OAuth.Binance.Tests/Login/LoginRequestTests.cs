using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Callback;
using AspNet.Security.OAuth.Binance.Tests.Challenge;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// Requests for <c>login</c>: of a person, a script, a frame, a browser that prefetches pages.
/// </summary>
public sealed class LoginRequestTests
{
    private static readonly string[] _methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

    public static TheoryData<string> Frames => ["iframe", "frame", "embed", "object", "fencedframe"];

    [Theory]
    [MemberData(nameof(ScriptChallengeTests.Scripts), MemberType = typeof(ScriptChallengeTests))]
    public async Task A_script_is_unauthorized_and_gets_no_cookie_signed_in_or_not(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var anonymous = await site.Browser().GetAsync("/auth/login?returnUrl=/orders", (name, value));
        var signedIn = await (await site.SignedInAsync()).GetAsync("/auth/login?returnUrl=/orders", (name, value));

        Assert.All([anonymous, signedIn], AssertUnauthorized);
    }

    // The cookie handler knows XMLHttpRequest alone: it sends a fetch to the login page.
    [Theory]
    [MemberData(nameof(ScriptChallengeTests.Scripts), MemberType = typeof(ScriptChallengeTests))]
    public async Task A_script_that_opens_a_page_that_needs_a_user_is_unauthorized_and_gets_no_cookie(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var page = await browser.GetAsync("/members", (name, value));
        var last = page.Status is HttpStatusCode.Found
            ? await browser.GetAsync(new Uri(page.LocationHeader!).PathAndQuery, (name, value))
            : await browser.GetAsync("/auth/login", (name, value));

        Assert.Contains(page.Status, new HashSet<HttpStatusCode> { HttpStatusCode.Found, HttpStatusCode.Unauthorized });
        AssertUnauthorized(last);
        Assert.Empty(browser.Jar.Cookies);
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_frame_is_unauthorized_and_gets_no_cookie_signed_in_or_not(string destination)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        (string, string)[] headers = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", destination), ("Sec-Fetch-Site", "same-origin")];

        var anonymous = await site.Browser().GetAsync("/auth/login?returnUrl=/orders", headers);
        var signedIn = await (await site.SignedInAsync()).GetAsync("/auth/login?returnUrl=/orders", headers);

        Assert.All([anonymous, signedIn], AssertUnauthorized);
    }

    [Theory]
    [MemberData(nameof(PrefetchedCallbackTests.Headers), MemberType = typeof(PrefetchedCallbackTests))]
    public async Task A_prefetch_is_unavailable_and_gets_no_cookie(string name, string value)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var prefetch = await browser.GetAsync("/auth/login?returnUrl=/orders", (name, value));
        var prerender = await browser.GetAsync("/auth/login?returnUrl=/orders", [(name, value), .. LoginRequests.Navigation]);

        Assert.All([prefetch, prerender], response =>
        {
            PrefetchedCallbackTests.AssertRefused(response);
            Assert.Empty(response.SetCookieHeaders);
            response.AssertNotStored();
        });
        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-Fetch-Site: none|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Fetch-User: ?1")]
    [InlineData("Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document")]
    [InlineData("Accept: application/json")]
    [InlineData("X-Requested-With: com.example.browser")]
    public async Task A_navigation_redirects_to_binance_or_to_the_return_url(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        (string, string)[] sent = [.. headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(": ")).Select(pair => (pair[0], pair[1]))];

        var anonymous = await site.Browser().GetAsync("/auth/login?returnUrl=/orders", sent);
        var signedIn = await (await site.SignedInAsync()).GetAsync("/auth/login?returnUrl=/orders", sent);

        anonymous.AssertChallenges();
        anonymous.AssertNotStored();
        signedIn.AssertRedirects("/orders");
    }

    // Blazor's script follows a redirect on the site, and opens the page by a navigation of the browser when there is no content.
    [Fact]
    public async Task Blazor_s_enhanced_navigation_is_a_navigation()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        (string, string)[] headers = [("Accept", "text/html; blazor-enhanced-nav=on"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];

        var anonymous = await site.Browser().GetAsync("/auth/login?returnUrl=/orders", headers);
        var signedIn = await (await site.SignedInAsync()).GetAsync("/auth/login?returnUrl=/orders", headers);

        Assert.Equal(HttpStatusCode.NoContent, anonymous.Status);
        Assert.Empty(anonymous.SetCookieHeaders);
        anonymous.AssertNotStored();
        signedIn.AssertRedirects("/orders");
    }

    [Fact]
    public async Task A_hundred_and_twenty_polls_leave_no_cookie_and_the_user_can_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        for (var i = 0; i < 120; i++)
        {
            var poll = await browser.GetAsync("/auth/login", ("Sec-Fetch-Mode", "cors"));
            AssertUnauthorized(poll);
        }

        Assert.Empty(browser.Jar.Cookies);
        Assert.Equal("/", await browser.LogInAsync("/auth/login"));
    }

    [Theory]
    [InlineData("/auth/login", "GET")]
    [InlineData("/auth/logout", "POST")]
    [InlineData("/auth/user", "GET")]
    [InlineData("/auth/failed", "GET")]
    public async Task Each_endpoint_accepts_one_method(string path, string allowed)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        foreach (var method in _methods.Except([allowed]))
        {
            var response = await browser.SendAsync(new HttpMethod(method), path, null, LoginRequests.OwnScript);

            Assert.Equal((method, HttpStatusCode.MethodNotAllowed), (method, response.Status));
            Assert.Equal(allowed, response.ContentHeaders.NonValidated["Allow"].ToString());
            Assert.Empty(response.SetCookieHeaders);
        }

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Theory]
    [InlineData("tr", "/tr/oauth/authorize")]
    [InlineData("TR", "/TR/oauth/authorize")]
    [InlineData("zh-TW", "/zh-TW/oauth/authorize")]
    [InlineData("", "/fr/oauth/authorize")]
    [InlineData("e", "/fr/oauth/authorize")]
    [InlineData("eng", "/fr/oauth/authorize")]
    [InlineData("zh-Hants", "/fr/oauth/authorize")]
    [InlineData("..", "/fr/oauth/authorize")]
    [InlineData("../evil", "/fr/oauth/authorize")]
    [InlineData("//evil.example", "/fr/oauth/authorize")]
    [InlineData("en?x=", "/fr/oauth/authorize")]
    [InlineData("en\r\n", "/fr/oauth/authorize")]
    [InlineData("ñn", "/fr/oauth/authorize")]
    public async Task A_locale_that_is_not_a_language_tag_is_ignored(string locale, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Binance = options => options.Locale = "fr");

        var request = await site.Browser().ChallengeAsync("/auth/login?locale=" + Uri.EscapeDataString(locale));

        Assert.Equal(binance.Address.GetLeftPart(UriPartial.Authority), request.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal(expected, request.Path, ignoreCase: true);
        Assert.DoesNotContain("locale", request.Query.Keys);
    }

    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/auth/login?locale")]
    [InlineData("/auth/login?locale=tr&locale=de")]
    public async Task Without_a_single_locale_the_language_is_that_of_the_options(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Binance = options => options.Locale = "fr");

        Assert.Equal("/fr/oauth/authorize", (await site.Browser().ChallengeAsync(path)).Path);
    }

    private static void AssertUnauthorized(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.Empty(response.SetCookieHeaders);
        Assert.Null(response.LocationHeader);
        response.AssertNotStored();
    }
}
