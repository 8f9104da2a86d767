using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;


namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A code can be used once (RFC 6749 section 4.1.2). Requests other than the browser's navigation must not use it: link checkers send HEAD, and a
/// browser or a proxy sends OPTIONS.
/// </summary>
public sealed class CallbackMethodTests
{
    public static TheoryData<string> Methods => ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_method_other_than_get_is_not_allowed_and_does_not_use_the_code(string method)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        var refused = await browser.SendAsync(new HttpMethod(method), SiteBrowser.CallbackOf(request));

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
    public async Task A_method_other_than_get_is_not_allowed_with_any_query(string callback)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.FailurePath = default);

        var refused = await site.Browser().RequestAsync(HttpMethod.Head, callback);

        AssertNotAllowed(refused);
        Assert.Empty(site.Failures);
    }

    [Fact]
    public async Task A_form_with_the_code_is_not_allowed_and_does_not_use_the_code()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        using var form = new FormUrlEncodedContent([new("code", SiteBrowser.Code), new("state", request.State)]);

        var refused = await browser.RequestAsync(HttpMethod.Post, "/signin-binance", form);

        AssertNotAllowed(refused);
        Assert.Empty(binance.Requests);
        await AssertSignsInAsync(site, binance, browser, request);
    }

    [Fact]
    public async Task An_error_that_is_delivered_by_head_is_handled_by_the_visit()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");

        var head = await browser.RequestAsync(HttpMethod.Head, "/signin-binance?error=access_denied&state=" + Uri.EscapeDataString(request.State));
        var visit = await browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        AssertNotAllowed(head);
        Assert.Equal("/denied?ReturnUrl=%2Forders", visit.Location?.OriginalString);
    }

    [Fact]
    public async Task A_post_to_another_page_reaches_the_application()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var page = await site.Browser().RequestAsync(HttpMethod.Post, "/signin-binance/page");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("a page", page.Body);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    public async Task A_session_whose_tokens_are_due_is_not_refreshed_and_not_renewed(string method)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80));
        var browser = site.BrowserWithTls();
        await browser.SignInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        var callback = await browser.DecideAsync(await browser.ChallengeAsync());
        var tokenRequests = site.Emulator.Requests.Count(EmulatorEndpoint.Token);

        var refused = await browser.SendAsync(new HttpMethod(method), callback);

        AssertNotAllowed(refused);
        Assert.Equal(tokenRequests, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.ReturnFromBinanceAsync(callback)).Status);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    private static void AssertNotAllowed(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.Status);
        Assert.Equal(["GET"], response.ContentHeaders.Allow);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Location);
    }

    private static async Task AssertSignsInAsync(TestSite site, BinanceStub binance, SiteBrowser browser, AuthorizeRequest request)
    {
        var visit = await browser.ReturnWithCodeAsync(request);

        Assert.Equal("/orders", visit.Location?.OriginalString);
        Assert.Empty(site.Failures);
        Assert.Single(binance.TokenRequests);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
    }
}
