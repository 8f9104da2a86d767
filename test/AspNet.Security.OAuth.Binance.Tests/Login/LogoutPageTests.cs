using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// A sign-out without a valid proof, most often a form of an earlier session. A person gets a page with a new form; another site does not.
/// </summary>
public sealed class LogoutPageTests
{
    public static TheoryData<string> OfThisSite =>
    [
        "Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
        "Sec-Fetch-Site: none|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
        "Origin: https://site.example",
    ];

    public static TheoryData<string> OfAnotherSite =>
    [
        "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
        "Sec-Fetch-Site: same-site|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
        "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Origin: https://site.example",
        "Origin: https://evil.example",
        "Origin: null",
        "",
    ];

    [Theory]
    [MemberData(nameof(OfThisSite))]
    public async Task A_form_of_this_site_gets_a_page_with_a_new_form_that_signs_out(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.SubmitAsync("/auth/logout?returnUrl=/bye", [("__RequestVerificationToken", "stale")], LogoutProofTests.Parse(headers));
        var page = LoginPage.Of(response);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        page.AssertSelfContained();
        Assert.Contains("out of date", page.Text, StringComparison.OrdinalIgnoreCase);
        var (action, fields) = page.Form!.Value;
        var signedOut = await browser.SubmitAsync(action, fields, LoginRequests.OwnForm);
        signedOut.AssertRedirects("/bye");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [MemberData(nameof(OfAnotherSite))]
    public async Task Another_site_s_form_gets_a_link_to_the_start_page_and_no_cookie(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.SubmitAsync("/auth/logout?returnUrl=/bye", [], LogoutProofTests.Parse(headers));
        var page = LoginPage.Of(response);

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        page.AssertSelfContained();
        Assert.Empty(response.SetCookieHeaders);
        Assert.Null(page.Form);
        Assert.Equal(["/"], page.Links);
        Assert.DoesNotContain("__RequestVerificationToken", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_site_s_form_that_a_frame_sends_gets_no_form()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.SubmitAsync(
            "/auth/logout", [], ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"));

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        Assert.DoesNotContain("<form", response.Body, StringComparison.Ordinal);
        Assert.Empty(response.SetCookieHeaders);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: cors")]
    [InlineData("X-CSRF: 1|Origin: https://evil.example")]
    [InlineData("Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: no-cors")]
    public async Task A_script_gets_no_body(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", null, LogoutProofTests.Parse(headers));

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        Assert.Empty(response.Body);
        Assert.Empty(response.SetCookieHeaders);
    }

    [Fact]
    public async Task A_script_gets_no_body_from_the_application_s_status_code_pages_either()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.BeforeAuthentication = app => app.UseStatusCodePagesWithReExecute("/page"));
        var browser = await site.SignedInAsync();

        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", null, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"));

        Assert.Equal(HttpStatusCode.BadRequest, response.Status);
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task The_new_form_for_a_stale_page_of_another_user_signs_the_current_user_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        await browser.GetAsync("/as?user=first&scheme=Elsewhere");
        var stale = await browser.TokenAsync();
        await browser.SignInAsync();

        var response = await browser.SubmitAsync("/auth/logout", [(stale.Field, stale.Value), ("returnUrl", "/bye")], LoginRequests.OwnForm);
        var (action, fields) = LoginPage.Of(response).Form!.Value;
        Assert.True((await browser.SessionAsync()).SignedIn);
        var signedOut = await browser.SubmitAsync(action, fields, LoginRequests.OwnForm);

        signedOut.AssertRedirects("/bye");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [InlineData("tr", "tr")]
    [InlineData("tr-TR,tr;q=0.9,en;q=0.8", "tr")]
    [InlineData("en-US,en;q=0.9,tr;q=0.8", "en")]
    [InlineData("de", "en")]
    public async Task Page_is_in_the_language_of_the_browser(string accept, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var own = await browser.SubmitAsync("/auth/logout", [], [("Accept-Language", accept), .. LoginRequests.OwnForm]);
        var foreign = await browser.SubmitAsync("/auth/logout", [], [("Accept-Language", accept), .. LoginRequests.ForeignForm]);

        Assert.Equal(expected, LoginPage.Of(own).Language);
        Assert.Equal(expected, LoginPage.Of(foreign).Language);
    }

    [Theory]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("/\"><script>alert(1)</script>")]
    [InlineData("/' onmouseover='alert(1)")]
    [InlineData("//evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task A_hostile_return_url_is_encoded_or_dropped(string returnUrl)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        foreach (var headers in new[] { LoginRequests.OwnForm, LoginRequests.ForeignForm })
        {
            var inQuery = await browser.SubmitAsync("/auth/logout".WithReturnUrl(returnUrl), [], headers);
            var inForm = await browser.SubmitAsync("/auth/logout", [("returnUrl", returnUrl)], headers);

            foreach (var response in new[] { inQuery, inForm })
            {
                var page = LoginPage.Of(response);
                page.AssertSelfContained();
                Assert.All(page.Links, link => Assert.StartsWith("/", link, StringComparison.Ordinal));
                Assert.DoesNotContain("' onmouseover", page.Html, StringComparison.Ordinal);
                if (page.Form is { } form)
                {
                    Assert.DoesNotContain("javascript:", page.Html.Replace(form.Action, "", StringComparison.Ordinal), StringComparison.Ordinal);
                    Assert.StartsWith("/auth/logout", form.Action, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("/shop/auth/logout")]
    [InlineData("/shop/auth/logout/")]
    public async Task Below_a_path_base_the_form_and_the_link_lead_to_the_site(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = "/shop");
        var browser = site.Browser();
        Assert.Equal("/shop/", await browser.LogInAsync("/shop/auth/login", "/shop"));

        var foreign = await browser.SubmitAsync(path, [], LoginRequests.ForeignForm);
        var own = await browser.SubmitAsync(path, [], LoginRequests.OwnForm);
        var (action, fields) = LoginPage.Of(own).Form!.Value;
        var signedOut = await browser.SubmitAsync(action, fields, LoginRequests.OwnForm);

        Assert.Equal(["/shop/"], LoginPage.Of(foreign).Links);
        signedOut.AssertRedirects("/shop/");
        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task Page_holds_no_token_of_binance()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, SessionPlace.Cookie);
        var browser = await site.SignedInAsync();

        var response = await browser.SubmitAsync("/auth/logout", [], LoginRequests.OwnForm);
        var html = response.Body;

        Assert.DoesNotContain(Responses.AccessToken, html, StringComparison.Ordinal);
        Assert.DoesNotContain(Responses.RefreshToken, html, StringComparison.Ordinal);
    }
}
