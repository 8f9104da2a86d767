using AspNet.Security.OAuth.Binance.Tests.Login.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The redirect after a sign-out.
/// </summary>
public sealed class LogoutRedirectTests
{
    [Theory]
    [MemberData(nameof(LoginReturnUrlTests.NotLocal), MemberType = typeof(LoginReturnUrlTests))]
    public async Task A_return_url_that_is_not_local_is_ignored(string returnUrl)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        // The framework reads no form with a null character.
        var inForm = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl.Replace('\0', '\n')));
        var inQuery = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));
        await browser.SignInAsync();
        var signedIn = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([inForm, inQuery, signedIn], response => response.AssertRedirects("/"));
        Assert.DoesNotContain("planted", browser.Jar.Names);
    }

    [Theory]
    [MemberData(nameof(LoginReturnUrlTests.Local), MemberType = typeof(LoginReturnUrlTests))]
    public async Task The_browser_is_redirected_to_a_local_return_url_of_the_form_or_the_query(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var inForm = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl));
        var anonymous = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl));
        await browser.SignInAsync();
        var inQuery = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([inForm, anonymous, inQuery], response => response.AssertRedirects(expected));
    }

    [Theory]
    [InlineData("", "/shop/")]
    [InlineData("~/bye", "/shop/bye")]
    [InlineData("/bye", "/bye")]
    [InlineData("//evil.example", "/shop/")]
    public async Task Below_a_path_base_the_start_page_is_below_it(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = "/shop");
        var browser = await site.SignedInAsync();

        var signedIn = await browser.SignOutByFormAsync("/shop/auth/logout", ("returnUrl", returnUrl));
        var anonymous = await browser.SignOutByFormAsync("/shop/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([signedIn, anonymous], response => response.AssertRedirects(expected));
    }

    // The cookie handler redirects by itself from the path that its options name.
    [Theory]
    [InlineData("/auth/logout", "/")]
    [InlineData("/auth/logout?returnUrl=/bye", "/bye")]
    [InlineData("/auth/logout?returnUrl=//evil.example", "/")]
    public async Task The_logout_path_of_the_cookie_may_be_this_endpoint(string path, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.LogoutPath = "/auth/logout");
        var byForm = await site.SignedInAsync();
        var byScript = await site.SignedInAsync();

        var form = await byForm.SignOutByFormAsync(path);
        var script = await byScript.SignOutByScriptAsync(path);

        form.AssertRedirects(expected);
        LogoutProofTests.AssertNoContent(script);
        Assert.False((await byForm.SessionAsync()).SignedIn);
        Assert.False((await byScript.SessionAsync()).SignedIn);
    }
}
