using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// Another site must not sign a user out (CSRF): a sign-out has a proof that it is a request of this site.
/// </summary>
public sealed class LogoutProofTests
{
    private const string SameOrigin = "X-CSRF: 1|Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: cors";
    private const string Origin = "X-CSRF: 1|Origin: https://site.example";

    public static MatrixTheoryData<SessionPlace, string> Proofs => new(Enum.GetValues<SessionPlace>(), [SameOrigin, Origin]);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Logout_with_a_form_s_token_signs_out_and_redirects_to_the_start_page(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await AssertSignedOutAsync(browser, binance);
    }

    [Fact]
    public async Task Logout_with_a_form_s_token_works_in_a_browser_that_sends_no_fetch_metadata()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();

        var response = await browser.SubmitAsync("/auth/logout", [(token.Field, token.Value)]);

        response.AssertRedirects("/");
        await AssertSignedOutAsync(browser, binance);
    }

    [Fact]
    public async Task Logout_with_a_multipart_form_s_token_signs_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();
        using var form = new MultipartFormDataContent { { new StringContent(token.Value), token.Field }, { new StringContent("/bye"), "returnUrl" } };

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", form, LoginRequests.OwnForm);

        response.AssertRedirects("/bye");
        await AssertSignedOutAsync(browser, binance);
    }

    // As Angular and Axios do.
    [Fact]
    public async Task Logout_with_the_token_in_its_header_signs_out_without_a_redirect()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();

        var response = await browser.RequestAsync(
            HttpMethod.Post, "/auth/logout", null, (token.Header, token.Value), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"));

        AssertNoContent(response);
        await AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task Logout_with_the_header_from_the_same_origin_signs_out(SessionPlace place, string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", null, Parse(headers));

        AssertNoContent(response);
        await AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [InlineData("https://site.example:8443", "https://site.example:8443", true)]
    [InlineData("https://site.example", "https://site.example:443", false)]
    [InlineData("http://localhost:5000", "http://localhost:5000", true)]
    [InlineData("http://localhost:5000", "http://localhost:5001", false)]
    [InlineData("http://localhost:5000", "https://localhost:5000", false)]
    [InlineData("http://[::1]:5000", "http://[::1]:5000", true)]
    public async Task Origin_is_compared_with_scheme_host_and_port(string address, string origin, bool isSame)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser(address);
        await browser.SignInAsync();

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", null, ("X-CSRF", "1"), ("Origin", origin));

        Assert.Equal(isSame ? HttpStatusCode.NoContent : HttpStatusCode.BadRequest, response.Status);
        Assert.Equal(!isSame, (await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-CSRF: 1")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: cross-site")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: same-site")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: none")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: ")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: same-origin-not")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: same-site|Origin: https://site.example")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: cross-site|Origin: https://site.example")]
    [InlineData("X-CSRF: 1|Origin: https://evil.example")]
    [InlineData("X-CSRF: 1|Origin: http://site.example")]
    [InlineData("X-CSRF: 1|Origin: https://site.example:8443")]
    [InlineData("X-CSRF: 1|Origin: https://sub.site.example")]
    [InlineData("X-CSRF: 1|Origin: https://site.example.evil.example")]
    [InlineData("X-CSRF: 1|Origin: https://site.example@evil.example")]
    [InlineData("X-CSRF: 1|Origin: null")]
    [InlineData("X-CSRF: 1|Origin: ")]
    [InlineData("X-CSRF: 1|Origin: site.example")]
    [InlineData("X-CSRF: 1|Referer: https://site.example/")]
    [InlineData("X-CSRF: 1|Host: evil.example|Origin: https://site.example")]
    [InlineData("X-CSRF: 1|X-Forwarded-Host: evil.example|Origin: https://evil.example")]
    [InlineData("X-CSRF: |Sec-Fetch-Site: same-origin")]
    [InlineData("X-CSRF: 0|Sec-Fetch-Site: same-origin")]
    [InlineData("X-CSRF: true|Sec-Fetch-Site: same-origin")]
    [InlineData("X-CSRF: 11|Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: navigate|Origin: https://site.example")]
    [InlineData("Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Origin: https://evil.example")]
    [InlineData("X-Requested-With: XMLHttpRequest|Sec-Fetch-Site: same-origin")]
    [InlineData("RequestVerificationToken: forged|Sec-Fetch-Site: same-origin")]
    public async Task Logout_without_a_proof_does_not_end_the_session(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", null, Parse(headers));

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        response.AssertNotStored();
        await AssertUntouchedAsync(browser, response, binance);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_form_of_another_site_does_not_end_the_session(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Cookie = cookie => cookie.Cookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.None);
        var browser = await site.SignedInAsync();

        var response = await browser.SubmitAsync("/auth/logout", [("X-CSRF", "1"), ("returnUrl", "/")], LoginRequests.ForeignForm);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        await AssertUntouchedAsync(browser, response, binance);
    }

    // The attacker's token, with the attacker's antiforgery cookie in the victim's browser.
    [Fact]
    public async Task The_token_of_another_user_does_not_end_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var attacker = site.Browser();
        await attacker.GetAsync("/as?user=attacker&scheme=Binance");
        var token = await attacker.TokenAsync();
        var victim = await site.SignedInAsync();
        var cookie = attacker.Jar.Cookies.Single(cookie => cookie.Name.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal));
        victim.Jar.Add(cookie);

        var response = await victim.SubmitAsync("/auth/logout", [(token.Field, token.Value)], LoginRequests.OwnForm);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        await AssertUntouchedAsync(victim, response, binance);
    }

    [Fact]
    public async Task The_token_of_an_anonymous_visitor_does_not_end_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        var token = await browser.TokenAsync();
        await browser.SignInAsync();

        var response = await browser.SubmitAsync("/auth/logout", [(token.Field, token.Value)], LoginRequests.OwnForm);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        await AssertUntouchedAsync(browser, response, binance);
    }

    [Fact]
    public async Task A_token_without_its_cookie_does_not_end_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();
        browser.Jar.Remove(browser.Jar.Names.Single(name => name.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal)));

        var response = await browser.SubmitAsync("/auth/logout", [(token.Field, token.Value)], LoginRequests.OwnForm);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        await AssertUntouchedAsync(browser, response, binance);
    }

    [Fact]
    public async Task A_token_in_the_query_does_not_end_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();

        var response = await browser.SubmitAsync($"/auth/logout?{token.Field}={Uri.EscapeDataString(token.Value)}", [], LoginRequests.OwnForm);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        await AssertUntouchedAsync(browser, response, binance);
    }

    [Fact]
    public async Task The_application_s_antiforgery_names_are_used()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes
            => schemes.Services.AddAntiforgery(options => (options.FormFieldName, options.HeaderName) = ("proof", "X-XSRF-TOKEN")));
        var byForm = await site.SignedInAsync();
        var byHeader = await site.SignedInAsync();

        var form = await byForm.SignOutByFormAsync();
        var token = await byHeader.TokenAsync();
        var header = await byHeader.RequestAsync(HttpMethod.Post, "/auth/logout", null, ("X-XSRF-TOKEN", token.Value), ("Sec-Fetch-Mode", "cors"));

        Assert.Equal(("proof", "X-XSRF-TOKEN"), (token.Field, token.Header));
        form.AssertRedirects("/");
        AssertNoContent(header);
        Assert.False((await byForm.SessionAsync()).SignedIn);
        Assert.False((await byHeader.SessionAsync()).SignedIn);
    }

    // The middleware validates what an endpoint's metadata requires, without the header.
    [Fact]
    public async Task An_application_that_uses_the_framework_s_antiforgery_middleware_signs_out_by_either_proof()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Map(LoginSite.MapAuth, app => app.UseAntiforgery()));
        var byForm = await site.SignedInAsync();
        var byScript = await site.SignedInAsync();
        var byNeither = await site.SignedInAsync();

        var form = await byForm.SignOutByFormAsync();
        var script = await byScript.SignOutByScriptAsync();
        var neither = await byNeither.SubmitAsync("/auth/logout", [], LoginRequests.OwnForm);

        form.AssertRedirects("/");
        AssertNoContent(script);
        Assert.Equal(HttpStatusCode.BadRequest, neither.Status);
        Assert.Contains("<form", neither.Body, StringComparison.Ordinal);
        Assert.True((await byNeither.SessionAsync()).SignedIn);
    }

    internal static (string Name, string Value)[] Parse(string headers)
        => [.. headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(':', 2)).Select(pair => (pair[0], pair[1].Trim()))];

    internal static void AssertNoContent(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.NoContent, response.Status);
        Assert.Null(response.LocationHeader);
        response.AssertNotStored();
    }

    internal static async Task AssertSignedOutAsync(SiteBrowser browser, BinanceStub binance)
    {
        Assert.DoesNotContain(SiteResponse.CookieName, browser.Jar.Names);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal($"Bearer {Responses.AccessToken}", Assert.Single(Assert.Single(binance.Revocations).Headers!["Authorization"]));
    }

    private static async Task AssertUntouchedAsync(SiteBrowser browser, SiteResponse response, BinanceStub binance)
    {
        Assert.DoesNotContain(response.SetCookieHeaders, cookie => cookie.StartsWith(SiteResponse.CookieName, StringComparison.Ordinal));
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
        Assert.Empty(binance.Revocations);
    }
}
