using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A code is good once (RFC 6749 section 4.1.2). What is no visit of the browser must not spend it: link checkers send HEAD, and a
/// browser or a proxy sends OPTIONS.
/// </summary>
public sealed class CallbackMethodTests
{
    public static TheoryData<string> Methods => ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_method_other_than_get_is_not_allowed_and_spends_nothing(string method)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        using var refused = await browser.SendAsync(new HttpMethod(method), SiteBrowser.CallbackOf(request));

        AssertNotAllowed(refused);
        Assert.Empty(binance.Requests);
        Assert.Empty(site.Failures);
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignInFailed");
        await AssertSignsInAsync(site, binance, browser, request);
    }

    [Theory]
    [InlineData("/signin-binance")]
    [InlineData("/SIGNIN-Binance")]
    [InlineData("/signin-binance?error=access_denied")]
    [InlineData("/signin-binance?code=code&state=garbage")]
    public async Task A_method_other_than_get_is_not_allowed_whatever_the_query_has(string callback)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);

        using var refused = await new SiteBrowser(site).SendAsync(HttpMethod.Head, callback);

        AssertNotAllowed(refused);
        Assert.Empty(site.Failures);
    }

    [Fact]
    public async Task A_form_with_the_code_is_not_allowed_and_spends_nothing()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        using var form = new FormUrlEncodedContent([new("code", SiteBrowser.Code), new("state", request.State)]);

        using var refused = await browser.SendAsync(HttpMethod.Post, "/signin-binance", form);

        AssertNotAllowed(refused);
        Assert.Empty(binance.Requests);
        await AssertSignsInAsync(site, binance, browser, request);
    }

    [Fact]
    public async Task A_refusal_by_head_leaves_the_refusal_to_the_visit()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        using var head = await browser.SendAsync(HttpMethod.Head, "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State));
        using var visit = await browser.ComeBackAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertNotAllowed(head);
        Assert.Equal("/denied?ReturnUrl=%2Forders", visit.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_post_to_another_page_is_the_application_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var page = await new SiteBrowser(site).SendAsync(HttpMethod.Post, "/signin-binance/page");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("a page", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    public async Task A_session_whose_tokens_are_due_is_not_refreshed_and_not_renewed(string method)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80));
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        var callback = await CookieJarBrowser.ConsentAsync(await browser.GetAsync("/login"));
        var tokenRequests = site.Emulator.Requests.Count(EmulatorEndpoint.Token);

        using var refused = await browser.SendAsync(new HttpMethod(method), callback);

        AssertNotAllowed(refused);
        Assert.Equal(tokenRequests, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.ReturnAsync(callback)).Status);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    private static void AssertNotAllowed(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Headers.Location);
    }

    private static async Task AssertSignsInAsync(TestSite site, BinanceStub binance, SiteBrowser browser, AuthorizeRequest request)
    {
        using var visit = await browser.ComeBackWithCodeAsync(request);

        Assert.Equal("/orders", visit.Headers.Location?.OriginalString);
        Assert.Empty(site.Failures);
        Assert.Single(binance.TokenRequests);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
    }
}
