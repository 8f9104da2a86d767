using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// What a sign-out does, whom it signs out, and where the browser goes.
/// </summary>
public sealed class LogoutTests
{
    public static MatrixTheoryData<SessionPlace, string> Strangers => new(
        Enum.GetValues<SessionPlace>(),
        ["", "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Origin: https://evil.example", "Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: navigate"]);

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_visitor_whom_nobody_signed_in_goes_to_the_start_page_and_no_cookie_is_touched(SessionPlace place, string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        using var response = await new SiteBrowser(site).SubmitAsync("/auth/logout", [], LogoutProofTests.Parse(headers));

        response.AssertRedirects("/");
        Assert.Empty(response.SetCookies());
        Assert.Empty(binance.Requests);
    }

    [Theory]
    [InlineData("X-CSRF: 1")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Mode: no-cors")]
    public async Task A_script_whose_user_nobody_signed_in_gets_no_content(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).SendAsync(HttpMethod.Post, "/auth/logout?returnUrl=/bye", null, LogoutProofTests.Parse(headers));

        LogoutProofTests.AssertNoContent(response);
        Assert.Empty(response.SetCookies());
    }

    [Fact]
    public async Task A_second_tab_that_signs_out_again_is_no_error()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var secondTab = await browser.TokenAsync();
        using var first = await browser.SignOutByFormAsync();

        using var form = await browser.SubmitAsync("/auth/logout?returnUrl=/bye", [(secondTab.Field, secondTab.Value)], LoginRequests.OwnForm);
        using var script = await browser.SignOutByScriptAsync();

        form.AssertRedirects("/bye");
        LogoutProofTests.AssertNoContent(script);
        Assert.Single(binance.Revocations);
    }

    // A browser that got the deletion of the cookie too late sends a cookie whose session is over.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_ended_elsewhere_is_revoked_no_second_time(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        var late = new SiteBrowser(site);
        foreach (var (name, cookie) in browser.Cookies)
        {
            late.Cookies[name] = cookie;
        }

        using var first = await browser.SignOutByScriptAsync();
        using var second = await late.SignOutByScriptAsync();

        LogoutProofTests.AssertNoContent(second);
        Assert.Single(binance.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Two_sign_outs_at_once_both_succeed_and_revoke_once(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        var copy = new SiteBrowser(site);
        foreach (var (name, cookie) in browser.Cookies)
        {
            copy.Cookies[name] = cookie;
        }

        var responses = await Task.WhenAll(Task.Run(() => browser.SignOutByScriptAsync()), Task.Run(() => copy.SignOutByScriptAsync()));

        Assert.All(responses, LogoutProofTests.AssertNoContent);
        Assert.Single(binance.Revocations);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Array.ForEach(responses, response => response.Dispose());
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_user_of_another_provider_is_signed_out_and_nothing_is_revoked(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = new SiteBrowser(site);
        using var other = await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        using var refused = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("another", (await browser.SessionAsync()).UserId);
        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task A_user_of_a_second_scheme_in_the_same_cookie_is_signed_out_and_that_scheme_s_token_is_revoked()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance));
        var browser = await site.SignedInAsync(LoginSite.Partner, "/signin-partner");

        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Fact]
    public async Task A_session_in_another_cookie_goes_on()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.AddCookie("Other"));
        var browser = await site.SignedInAsync();
        using var other = await browser.GetAsync("/as?user=another&cookie=Other");

        using var response = await browser.SignOutByScriptAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal("another", (await browser.SessionAsync("Other")).UserId);
    }

    // Whoever is signed in to another cookie alone is nobody here.
    [Fact]
    public async Task Sign_in_scheme_decides_who_is_signed_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Other";
            setup.Authentication = schemes => schemes.AddCookie("Other");
        });
        var browser = await site.SignedInAsync();
        using var local = await browser.GetAsync("/as?user=local&cookie=Cookies");

        using var refused = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);
        using var response = await browser.SignOutByScriptAsync();
        using var again = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Equal("local", (await browser.SessionAsync("Cookies")).UserId);
        again.AssertRedirects("/");
        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task A_policy_scheme_is_followed()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.UsePolicyScheme);
        var browser = await site.SignedInAsync();

        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_cookie_with_a_name_and_a_path_of_its_own_is_deleted_by_both(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup =>
        {
            setup.PathBase = "/shop";
            setup.Cookie = cookie => (cookie.Cookie.Name, cookie.Cookie.Path) = ("shop", "/shop");
        });
        var browser = new SiteBrowser(site);
        Assert.Equal("/shop/", await browser.LogInAsync("/shop/auth/login", "/shop"));

        using var response = await browser.SignOutByScriptAsync("/shop/auth/logout");

        var deletion = SetCookieHeaderValue.Parse(Assert.Single(response.SetCookies(), cookie => cookie.StartsWith("shop=", StringComparison.Ordinal)));
        Assert.Equal(("", "/shop", DateTimeOffset.UnixEpoch), (deletion.Value.Value, deletion.Path.Value, deletion.Expires));
        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task A_user_whose_tokens_are_not_kept_is_signed_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);
        var browser = await site.SignedInAsync();

        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task A_revocation_that_fails_signs_out_all_the_same()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.RevocationPath, string.Empty, 503);
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [MemberData(nameof(LoginReturnUrlTests.NotLocal), MemberType = typeof(LoginReturnUrlTests))]
    public async Task A_return_url_that_is_not_local_is_ignored(string returnUrl)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        // The framework reads no form with a null character.
        using var inForm = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl.Replace('\0', '\n')));
        using var inQuery = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));
        await browser.SignInWithAsync();
        using var signedIn = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([inForm, inQuery, signedIn], response => response.AssertRedirects("/"));
        Assert.DoesNotContain("planted", browser.Cookies.Keys);
    }

    [Theory]
    [MemberData(nameof(LoginReturnUrlTests.Local), MemberType = typeof(LoginReturnUrlTests))]
    public async Task A_local_return_url_in_the_form_or_in_the_query_is_where_the_browser_goes(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        using var inForm = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl));
        using var nobody = await browser.SignOutByFormAsync("/auth/logout", ("returnUrl", returnUrl));
        await browser.SignInWithAsync();
        using var inQuery = await browser.SignOutByFormAsync("/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([inForm, nobody, inQuery], response => response.AssertRedirects(expected));
    }

    [Theory]
    [InlineData("", "/shop/")]
    [InlineData("~/bye", "/shop/bye")]
    [InlineData("/bye", "/bye")]
    [InlineData("//evil.example", "/shop/")]
    public async Task Below_a_path_base_the_start_page_is_its_own(string returnUrl, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.PathBase = "/shop");
        var browser = await site.SignedInAsync();

        using var signedIn = await browser.SignOutByFormAsync("/shop/auth/logout", ("returnUrl", returnUrl));
        using var nobody = await browser.SignOutByFormAsync("/shop/auth/logout".WithReturnUrl(returnUrl));

        Assert.All([signedIn, nobody], response => response.AssertRedirects(expected));
    }

    // The cookie handler redirects by itself from the path that its options name.
    [Theory]
    [InlineData("/auth/logout", "/")]
    [InlineData("/auth/logout?returnUrl=/bye", "/bye")]
    [InlineData("/auth/logout?returnUrl=//evil.example", "/")]
    public async Task Logout_path_of_the_cookie_may_be_this_one(string path, string expected)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.LogoutPath = "/auth/logout");
        var byForm = await site.SignedInAsync();
        var byScript = await site.SignedInAsync();

        using var form = await byForm.SignOutByFormAsync(path);
        using var script = await byScript.SignOutByScriptAsync(path);

        form.AssertRedirects(expected);
        LogoutProofTests.AssertNoContent(script);
        Assert.False((await byForm.SessionAsync()).SignedIn);
        Assert.False((await byScript.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Application_s_own_event_of_the_cookie_is_called()
    {
        var signedOut = 0;
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.Events.OnSigningOut = _ =>
        {
            signedOut++;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();

        using var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.Equal(1, signedOut);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_browser_that_goes_away_has_signed_out_all_the_same(SessionPlace place)
    {
        using var binance = new BinanceStub();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.BeforeAuthentication = app => app.Use(async (context, next) =>
        {
            if (context.Request.Path != "/auth/logout")
            {
                await next(context);
                return;
            }

            context.Abort();
            try
            {
                await next(context);
            }
            finally
            {
                done.SetResult();
            }
        }));
        var browser = await site.SignedInAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => browser.SignOutByScriptAsync());
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Single(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_refresh_that_is_due_at_that_moment_leaves_no_live_token(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (schemes, _) => schemes.Services.AddRouting();
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        using var response = await ServerSessions.ApplicationSites.SendAsync(site, browser, "/auth/logout", HttpMethod.Post, LoginRequests.OwnScript);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.DoesNotContain(site.Emulator.Tokens.AccessTokens, token => site.Emulator.Tokens.IsLive(token.Value));
        Assert.Single(site.Revocations);
        var cookie = Assert.Single(response.SetCookies(), cookie => cookie.StartsWith(SiteAnswer.CookieName, StringComparison.Ordinal));
        Assert.StartsWith(SiteAnswer.CookieName + "=;", cookie, StringComparison.Ordinal);
    }
}
