using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The return URL of <c>login</c> may come from an attacker's link (open redirect, CWE-601). A browser removes tabs and line breaks from a URL
/// and reads a backslash as a slash (WHATWG URL, "basic URL parser").
/// </summary>
public sealed class LoginReturnUrlTests
{
    public static TheoryData<string> NotLocal =>
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
        "https://evil.example", "https:evil.example", "https:/evil.example", "HTTPS://evil.example", "//evil.example@site.example", "https://site.example/orders",
        "javascript:alert(1)", "data:text/html,evil", "mailto:evil@evil.example",
        "\t/evil.example", "\t//evil.example", " //evil.example", " /orders", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "/\t\\evil.example",
        "/orders\r\nSet-Cookie: planted=1", "/orders\n", "/\0",
        "~//evil.example", "~/\\evil.example", "~/\t/evil.example", "~\\evil.example", "~", "~evil.example", "~~/orders",
        "orders", "./orders", "../orders", "?orders", "#orders", "", "／／evil.example", "%2F%2Fevil.example",
    ];

    public static TheoryData<string, string> Local => new()
    {
        { "/", "/" },
        { "/orders", "/orders" },
        { "/orders?page=2&sort=name#top", "/orders?page=2&sort=name#top" },
        { "/orders?to=//evil.example", "/orders?to=//evil.example" },
        { "~/", "/" },
        { "~/orders?page=2", "/orders?page=2" },
        { "/~//orders", "/~//orders" },
        { "/orders//evil.example", "/orders//evil.example" },
        { "/%0d%0aSet-Cookie:%20planted=1", "/%0d%0aSet-Cookie:%20planted=1" },
        { "/%09/evil.example", "/%09/evil.example" },
        { "/%2F/evil.example", "/%2F/evil.example" },
        { "/ü?ö=ä", "/%C3%BC?%C3%B6=%C3%A4" },
        { "~/ü", "/%C3%BC" },
        { "/😀", "/%F0%9F%98%80" },
        { "/／evil.example", "/%EF%BC%8Fevil.example" },
        { "/a%20b?c=%C3%BC", "/a%20b?c=%C3%BC" },
    };

    [Theory]
    [MemberData(nameof(NotLocal))]
    public async Task A_return_url_that_is_not_local_is_ignored(string returnUrl)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var afterLogin = await browser.LogInAsync("/auth/login".WithReturnUrl(returnUrl));
        var signedIn = await browser.GetAsync("/auth/login".WithReturnUrl(returnUrl));

        Assert.Equal("/", afterLogin);
        signedIn.AssertRedirects("/");
        Assert.DoesNotContain("planted", browser.Jar.Names);
    }

    [Theory]
    [MemberData(nameof(Local))]
    public async Task The_browser_ends_at_a_local_return_url(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        var afterLogin = await browser.LogInAsync("/auth/login".WithReturnUrl(returnUrl));
        var signedIn = await browser.GetAsync("/auth/login".WithReturnUrl(returnUrl));

        Assert.Equal(expected, afterLogin);
        signedIn.AssertRedirects(expected);
    }

    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/auth/login?returnUrl")]
    [InlineData("/auth/login?other=/orders")]
    public async Task Without_a_return_url_the_browser_ends_on_the_start_page(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();

        Assert.Equal("/", await browser.LogInAsync(path));
        var signedIn = await browser.GetAsync(path);

        signedIn.AssertRedirects("/");
    }

    [Theory]
    [InlineData("/shop", "/shop")]
    [InlineData("/my shop", "/my%20shop")]
    [InlineData("/dükkan", "/d%C3%BCkkan")]
    public async Task A_tilde_is_the_path_base_and_the_start_page_is_below_it(string pathBase, string root)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = pathBase);
        Dictionary<string, string> expected = new()
        {
            [root + "/auth/login"] = root + "/",
            [root + "/auth/login?returnUrl=//evil.example"] = root + "/",
            [root + "/auth/login?returnUrl=~//evil.example"] = root + "/",
            [root + "/auth/login?returnUrl=~/"] = root + "/",
            [root + "/auth/login?returnUrl=~/orders"] = root + "/orders",
            [root + "/auth/login?returnUrl=/orders"] = "/orders",
        };

        foreach (var (path, location) in expected)
        {
            var browser = site.Browser();

            Assert.Equal(location, await browser.LogInAsync(path, root));
            var signedIn = await browser.GetAsync(path);

            signedIn.AssertRedirects(location);
        }
    }

    // A path base may come from a header of a proxy.
    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\\/evil.example")]
    public async Task A_path_base_that_would_name_a_host_leads_to_no_other_site(string pathBase)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.BeforeAuthentication = app => app.Use((context, next) =>
        {
            context.Request.PathBase = pathBase;
            return next(context);
        }));

        foreach (var query in new[] { "", "?returnUrl=~/orders", "?returnUrl=~/" })
        {
            var response = await site.Server.SendAsync(
                context =>
                {
                    (context.Request.Scheme, context.Request.Host, context.Request.Method) = ("https", new HostString("site.example"), "POST");
                    (context.Request.Path, context.Request.QueryString) = ("/auth/logout", new QueryString(query));
                },
                TestContext.Current.CancellationToken);

            Assert.Equal(StatusCodes.Status302Found, response.Response.StatusCode);
            Assert.Matches(@"^/(?![/\\])[\x21-\x7E]*$", response.Response.Headers[HeaderNames.Location].ToString());
        }
    }

    [Theory]
    [InlineData("/", 2048, true)]
    [InlineData("/", 2049, false)]
    [InlineData("/", 7000, false)]
    [InlineData("~/", 2049, true)]
    [InlineData("~/", 2050, false)]
    public async Task A_return_url_of_more_than_2048_characters_is_ignored(string start, int length, bool isKept)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        var rest = LongText.Of(length - start.Length);

        var location = await browser.LogInAsync("/auth/login".WithReturnUrl(start + rest));
        var signedIn = await browser.GetAsync("/auth/login".WithReturnUrl(start + rest));

        Assert.Equal(isKept ? "/" + rest : "/", location);
        signedIn.AssertRedirects(isKept ? "/" + rest : "/");
    }

    // Kestrel and most proxies accept a request line of 8 KiB. The return URL is in the state, which is in the callback's.
    [Theory]
    [InlineData('a', 2048)]
    [InlineData('ü', 1300)]
    [InlineData('漢', 860)]
    public async Task The_callback_of_a_login_by_the_longest_accepted_link_is_accepted(char character, int length)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var path = "/auth/login".WithReturnUrl("/" + new string(character, length - 1));
        Assert.InRange(path.Length, 2000, 8000);

        var request = await site.Browser().ChallengeAsync(path);

        Assert.InRange(SiteBrowser.CallbackOf(request).Length, 1, 8000);
    }

    [Theory]
    [InlineData("next", "/auth/login?next=/orders", "/orders")]
    [InlineData("next", "/auth/login?next=~/orders", "/orders")]
    [InlineData("next", "/auth/login?next=//evil.example", "/")]
    [InlineData("next", "/auth/login?returnUrl=/orders", "/orders")]
    [InlineData("ReturnUrl", "/auth/login?ReturnUrl=/orders", "/orders")]
    public async Task The_parameter_may_have_the_name_of_the_cookie_s_options(string name, string path, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.ReturnUrlParameter = name);
        var browser = site.Browser();

        Assert.Equal(expected, await browser.LogInAsync(path));
        var signedIn = await browser.GetAsync(path);

        signedIn.AssertRedirects(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("next")]
    public async Task The_browser_ends_at_the_page_that_needed_a_user(string? parameter)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie =>
            cookie.ReturnUrlParameter = parameter ?? cookie.ReturnUrlParameter);
        var browser = site.Browser();

        var response = await browser.FollowAsync("/members?page=2&sort=ü", request => SiteBrowser.CallbackOf(request));

        Assert.Equal("for users", response.Body);
        Assert.Equal("/members?page=2&sort=%C3%BC", response.Address.PathAndQuery);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_user_who_signs_in_returns_to_the_page(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = site.Browser();

        Assert.Equal("/orders", await browser.LogInAsync("/auth/login?returnUrl=/orders"));

        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
    }
}
