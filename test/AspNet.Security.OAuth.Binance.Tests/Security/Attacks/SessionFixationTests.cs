using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// An attacker who plants a session of their own in the victim's browser, and waits for the victim to sign in over it.
/// </summary>
public sealed class SessionFixationTests
{
    private const string SessionCookie = ".AspNetCore.Cookies";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_was_planted_before_the_sign_in_is_not_the_victim_s_afterwards(bool onTheServer)
    {
        var store = new TicketStore();
        await using var site = await EmulatedSite.StartAsync(cookie: options => options.SessionStore = onTheServer ? store : null);
        var attacker = site.Browser();
        var victim = site.Browser();
        await site.SignInAsync(attacker, BinanceEmulatorDefaults.SecondUserId);

        victim.Cookies[SessionCookie] = attacker.Cookies[SessionCookie];
        await site.SignInAsync(victim);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.NotEqual(attacker.Cookies[SessionCookie].Value, victim.Cookies[SessionCookie].Value);
    }

    [Fact]
    public async Task A_new_sign_in_over_a_session_on_the_server_gives_it_a_new_key_and_leaves_no_other()
    {
        var store = new TicketStore();
        await using var site = await EmulatedSite.StartAsync(cookie: options =>
        {
            options.SessionStore = store;
            options.Events.OnSigningIn = context =>
            {
                context.Properties.IsPersistent = true;
                return Task.CompletedTask;
            };
        });
        var browser = site.Browser();
        await site.SignInAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        var (before, cookie) = (Assert.Single(store.Keys), browser.Cookies[SessionCookie]);

        await site.SignInAsync(browser);

        Assert.NotEqual(before, Assert.Single(store.Keys));
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await browser.SessionAsync()).UserId);
        var after = browser.Cookies[SessionCookie];
        Assert.Equal(
            (cookie.Expires, cookie.HttpOnly, cookie.SameSite, cookie.Path, cookie.Secure),
            (after.Expires, after.HttpOnly, after.SameSite, after.Path, after.Secure));
    }

    [Theory]
    [InlineData("sign out first")]
    [InlineData("sign in twice")]
    public async Task An_application_s_own_sign_out_or_sign_in_on_the_way_brings_no_planted_key_back(string way)
    {
        var store = new TicketStore();
        await using var site = await EmulatedSite.StartAsync(
            options => options.Events.OnTicketReceived = context => way is "sign in twice"
                ? context.HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!, context.Properties)
                : context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme),
            options => options.SessionStore = store);
        var attacker = site.Browser();
        var victim = site.Browser();
        await site.SignInAsync(attacker, BinanceEmulatorDefaults.SecondUserId);
        var planted = Assert.Single(store.Keys);

        victim.Cookies[SessionCookie] = attacker.Cookies[SessionCookie];
        await site.SignInAsync(victim);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.DoesNotContain(planted, store.Keys);
    }

    [Fact]
    public async Task Another_provider_s_sign_in_over_a_session_on_the_server_is_left_to_the_framework()
    {
        var store = new TicketStore();
        await using var site = await EmulatedSite.StartAsync(
            cookie: options => options.SessionStore = store,
            page: context => context.SignInAsync(new(new System.Security.Claims.ClaimsIdentity("password"))));
        var browser = site.Browser();
        await site.SignInAsync(browser);
        var before = Assert.Single(store.Keys);

        using var answer = await browser.GetAsync("/page");

        Assert.Equal(before, Assert.Single(store.Keys));
    }

    [Fact]
    public async Task A_sign_in_over_another_user_s_session_leaves_nothing_of_that_user()
    {
        await using var site = await EmulatedSite.StartAsync();
        var browser = site.Browser();
        await site.SignInAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        var earlier = await browser.SessionAsync();

        await site.SignInAsync(browser, BinanceEmulatorDefaults.UserIdWithoutEmail);
        var session = await browser.SessionAsync();

        Assert.Equal(BinanceEmulatorDefaults.UserIdWithoutEmail, session.UserId);
        Assert.Empty(session.Claims.Select(claim => claim.Value).Intersect(earlier.Claims.Select(claim => claim.Value)));
        Assert.Empty(session.Tokens.Where(token => token.Key != "token_type").Select(token => token.Value)
            .Intersect(earlier.Tokens.Where(token => token.Key != "expires_at").Select(token => token.Value)));
    }

    private sealed class TicketStore : ITicketStore
    {
        private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = [];

        public IEnumerable<string> Keys => _tickets.Keys;

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString();
            _tickets[key] = ticket;
            return Task.FromResult(key);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.FromResult(_tickets[key] = ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

        public Task RemoveAsync(string key) => Task.FromResult(_tickets.TryRemove(key, out _));
    }
}
