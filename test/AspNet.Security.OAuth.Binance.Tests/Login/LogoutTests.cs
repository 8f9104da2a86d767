using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The effects of a sign-out, whom it signs out, and where it redirects.
/// </summary>
public sealed class LogoutTests
{
    public static MatrixTheoryData<SessionPlace, string> AnonymousRows => new(
        Enum.GetValues<SessionPlace>(),
        ["", "Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: navigate|Origin: https://evil.example", "Sec-Fetch-Site: same-origin|Sec-Fetch-Mode: navigate"]);

    [Theory]
    [MemberData(nameof(AnonymousRows))]
    public async Task An_anonymous_visitor_is_redirected_to_the_start_page_and_no_cookie_changes(SessionPlace place, string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);

        var response = await site.Browser().SubmitAsync("/auth/logout", [], LogoutProofTests.Parse(headers));

        response.AssertRedirects("/");
        Assert.Empty(response.SetCookieHeaders);
        Assert.Empty(binance.Requests);
    }

    [Theory]
    [InlineData("X-CSRF: 1")]
    [InlineData("X-CSRF: 1|Sec-Fetch-Site: cross-site|Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Mode: no-cors")]
    public async Task A_script_of_an_anonymous_visitor_gets_no_content(string headers)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        var response = await site.Browser().RequestAsync(HttpMethod.Post, "/auth/logout?returnUrl=/bye", null, LogoutProofTests.Parse(headers));

        LogoutProofTests.AssertNoContent(response);
        Assert.Empty(response.SetCookieHeaders);
    }

    [Fact]
    public async Task A_second_sign_out_in_another_tab_succeeds()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var secondTab = await browser.TokenAsync();
        await browser.SignOutByFormAsync();

        var form = await browser.SubmitAsync("/auth/logout?returnUrl=/bye", [(secondTab.Field, secondTab.Value)], LoginRequests.OwnForm);
        var script = await browser.SignOutByScriptAsync();

        form.AssertRedirects("/bye");
        LogoutProofTests.AssertNoContent(script);
        Assert.Single(binance.Revocations);
    }

    // A browser that has not yet received the deletion sends the cookie of a session that has ended.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_ended_elsewhere_is_not_revoked_again(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        var late = site.Browser();
        foreach (var cookie in browser.Jar.Cookies)
        {
            late.Jar.Add(cookie);
        }

        await browser.SignOutByScriptAsync();
        var second = await late.SignOutByScriptAsync();

        LogoutProofTests.AssertNoContent(second);
        Assert.Single(binance.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Two_concurrent_sign_outs_both_succeed_and_revoke_once(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = await site.SignedInAsync();
        var copy = site.Browser();
        foreach (var cookie in browser.Jar.Cookies)
        {
            copy.Jar.Add(cookie);
        }

        var responses = await Task.WhenAll(Task.Run(() => browser.SignOutByScriptAsync()), Task.Run(() => copy.SignOutByScriptAsync()));

        Assert.All(responses, LogoutProofTests.AssertNoContent);
        Assert.Single(binance.Revocations);
        Assert.False((await copy.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_user_of_another_provider_is_signed_out_without_a_revocation(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        var refused = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("another", (await browser.SessionAsync()).UserId);
        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task A_user_of_a_second_scheme_in_the_same_cookie_is_signed_out_and_that_scheme_s_token_is_revoked()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.AddPartner(binance));
        var browser = await site.SignedInAsync(LoginSite.Partner);

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Fact]
    public async Task A_session_in_another_cookie_continues()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Authentication = schemes => schemes.AddCookie("Other"));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/as?user=another&cookie=Other");

        await browser.SignOutByScriptAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal("another", (await browser.SessionAsync("Other")).UserId);
    }

    // A user who is signed in only to another cookie is anonymous here.
    [Fact]
    public async Task The_sign_in_scheme_decides_who_is_signed_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup =>
        {
            setup.Binance = options => options.SignInScheme = "Other";
            setup.Authentication = schemes => schemes.AddCookie("Other");
        });
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/as?user=local&cookie=Cookies");

        var refused = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);
        await browser.SignOutByScriptAsync();
        var again = await browser.SubmitAsync("/auth/logout", [], LoginRequests.ForeignForm);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Equal("local", (await browser.SessionAsync("Cookies")).UserId);
        again.AssertRedirects("/");
        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task A_policy_scheme_is_resolved()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.UsePolicyScheme);
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_cookie_with_its_own_name_and_path_is_deleted_with_both(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup =>
        {
            setup.PathBase = "/shop";
            setup.Cookie = cookie => (cookie.Cookie.Name, cookie.Cookie.Path) = ("shop", "/shop");
        });
        var browser = site.Browser();
        Assert.Equal("/shop/", await browser.LogInAsync("/shop/auth/login", "/shop"));

        var response = await browser.SignOutByScriptAsync("/shop/auth/logout");

        var deletion = SetCookieHeaderValue.Parse(Assert.Single(response.SetCookieHeaders, cookie => cookie.StartsWith("shop=", StringComparison.Ordinal)));
        Assert.Equal(("", "/shop", DateTimeOffset.UnixEpoch), (deletion.Value.Value, deletion.Path.Value, deletion.Expires));
        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task A_user_without_saved_tokens_is_signed_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: LoginSignedInTests.KeepNoTokens);
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    [Fact]
    public async Task The_user_is_signed_out_when_the_revocation_fails()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.RevocationPath, string.Empty, 503);
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        await LogoutProofTests.AssertSignedOutAsync(browser, binance);
    }

    [Fact]
    public async Task The_application_s_cookie_event_is_called()
    {
        var signedOut = 0;
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.Events.OnSigningOut = _ =>
        {
            signedOut++;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync();

        response.AssertRedirects("/");
        Assert.Equal(1, signedOut);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_user_is_signed_out_when_the_request_is_aborted(SessionPlace place)
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
    public async Task A_due_refresh_leaves_no_live_token(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = schemes => schemes.Services.AddRouting();
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        var response = await browser.SendAsync(HttpMethod.Post, "/auth/logout", null, LoginRequests.OwnScript);

        Assert.Equal(HttpStatusCode.NoContent, response.Status);
        Assert.DoesNotContain(site.Emulator.Tokens.AccessTokens, token => site.Emulator.Tokens.IsLive(token.Value));
        Assert.Single(site.Revocations);
        var cookie = Assert.Single(response.SetCookieHeaders, cookie => cookie.StartsWith(SiteResponse.CookieName, StringComparison.Ordinal));
        Assert.StartsWith(SiteResponse.CookieName + "=;", cookie, StringComparison.Ordinal);
    }
}
