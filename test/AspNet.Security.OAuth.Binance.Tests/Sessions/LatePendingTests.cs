using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// What is known of a session's tokens and of its end is kept for ten minutes. A request that takes longer writes nothing by itself; what the
/// application does explicitly is always written.
/// </summary>
public sealed class LatePendingTests
{
    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task What_has_been_pending_for_nine_minutes_is_written(Pending pending)
    {
        var answer = await RespondAfterAsync(pending, TimeSpan.FromMinutes(9));

        Assert.Single(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        Assert.False(answer.DeletesSessionCookie);
    }

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task What_has_been_pending_for_more_than_ten_minutes_is_not_written(Pending pending)
        => Assert.Null((await RespondAfterAsync(pending, TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1))).SessionCookie);

    [Theory]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.Renewal)]
    public async Task A_stored_session_is_not_written_either(Pending pending)
    {
        var store = new MemoryTicketStore();
        DateTimeOffset? expires = null;

        var answer = await RespondAfterAsync(pending, TimeSpan.FromMinutes(11), cookie =>
        {
            cookie.SessionStore = store;
            cookie.Events.OnSignedIn = context => Task.FromResult(expires = context.Properties.ExpiresUtc);
        });

        Assert.Null(answer.SessionCookie);
        Assert.NotNull(expires);
        Assert.Equal(expires, store.Single().Properties.ExpiresUtc);
    }

    [Fact]
    public async Task A_page_that_signs_in_after_eleven_minutes_signs_in()
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            await page.WaitAsync();
            await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "somebody else")], "test")));
        });
        var browser = await site.WithExpiredTokenAsync();

        await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        Assert.Equal("somebody else", (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_page_that_signs_the_user_in_again_after_eleven_minutes_keeps_the_tokens_that_its_request_refreshed()
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            await page.WaitAsync();
            var session = await context.AuthenticateAsync();
            await context.SignInAsync(session.Principal!, session.Properties);
        });
        var browser = await site.WithExpiredTokenAsync();

        await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_that_signs_out_after_eleven_minutes_signs_out_and_revokes(bool due)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            await page.WaitAsync();
            await context.SignOutAsync();
        });
        var browser = due ? await site.WithExpiredTokenAsync() : await site.SignedInAsync();

        var answer = await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        Assert.True(answer.DeletesSessionCookie);
        Assert.False(browser.HasSession);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    private static async Task<SiteAnswer> RespondAfterAsync(Pending pending, TimeSpan time, Action<CookieAuthenticationOptions>? cookie = null)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = options =>
            {
                pending.Configure(options);
                cookie?.Invoke(options);
            };
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        return await RespondAfterAsync(site, page, browser, time);
    }

    private static async Task<SiteAnswer> RespondAfterAsync(LifetimeSite site, SlowPage page, LifetimeBrowser browser, TimeSpan time)
    {
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(time);
        page.Respond();
        var answer = await slow;
        browser.Receive(answer);
        return answer;
    }
}
