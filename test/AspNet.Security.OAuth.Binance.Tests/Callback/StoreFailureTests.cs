using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A sign-in over a session on the server, whose store or whose application fails when the framework has put the new ticket under the old key.
/// Whoever planted that key must not be in the new session.
/// </summary>
public sealed class StoreFailureTests
{
    private const string SessionCookie = ".AspNetCore.Cookies";

    [Theory]
    [InlineData("remove once", null)]
    [InlineData("store", null)]
    [InlineData("signed in", null)]
    [InlineData("ticket received", Answers.UserId)]
    [InlineData("signing in", Answers.UserId)]
    public async Task The_old_key_opens_no_session_of_a_sign_in_that_failed(string fault, string? afterwards)
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = new SiteBrowser(site);
        using var before = await browser.SignInAsync();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        store.Fault = fault;

        using var failed = await browser.SignInAsync("/orders");
        store.Fault = null;

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Headers.Location?.OriginalString);
        Assert.Equal(afterwards, (await browser.SessionAsync()).UserId);
        Assert.Equal(afterwards is null ? 0 : 1, store.Inner.Keys.Count);
    }

    [Fact]
    public async Task A_store_that_removes_nothing_leaves_the_old_key()
    {
        var store = new FailingStore();
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, store);
        var browser = new SiteBrowser(site);
        using var before = await browser.SignInAsync();
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        store.Fault = "remove";

        using var failed = await browser.SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", failed.Headers.Location?.OriginalString);
        Assert.Equal("somebody-else", (await browser.SessionAsync()).UserId);
    }

    // On the server, a sign-in is stored under its own key from the beginning, and the session before stays until the callback has succeeded.
    [Theory]
    [InlineData("store", "unavailable")]
    [InlineData("signed in", "unknown")]
    [InlineData("ticket received", "unknown")]
    [InlineData("signing in", "unknown")]
    public async Task A_sign_in_on_the_server_that_failed_leaves_the_session_before_and_nothing_else(string fault, string failure)
    {
        var (place, sessions) = (new FaultyPlace(), new SessionStorage(SessionPlace.Server));
        using var binance = new BinanceStub();
        await using var site = await StartOnServerAsync(binance, place, sessions);
        var browser = new SiteBrowser(site);
        using var before = await browser.SignInAsync();
        var entry = Assert.Single(sessions.Entries);
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        place.Fault = fault;

        using var failed = await browser.SignInAsync("/orders");
        place.Fault = null;

        Assert.Equal($"/failed?failure={failure}&returnUrl=%2Forders", failed.Headers.Location?.OriginalString);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
        Assert.Equal(entry, Assert.Single(sessions.Entries));
    }

    [Fact]
    public async Task A_cache_that_removes_nothing_leaves_no_old_key_that_opens_a_session_of_the_sign_in_over_it()
    {
        var (place, sessions) = (new FaultyPlace(), new SessionStorage(SessionPlace.Server));
        using var binance = new BinanceStub();
        await using var site = await StartOnServerAsync(binance, place, sessions);
        var (browser, attacker) = (new SiteBrowser(site), new SiteBrowser(site));
        using var before = await browser.SignInAsync();
        attacker.Cookies[SessionCookie] = browser.Cookies[SessionCookie];
        binance.Answer(BinanceStub.UserPath, Answers.UserDataWith("userId", "\"somebody-else\""));
        place.Fault = "remove";

        using var over = await browser.SignInAsync("/orders");
        place.Fault = null;

        // Whether the sign-in succeeds is open: what matters is who is whom afterwards.
        var hasSucceeded = over.Headers.Location?.OriginalString == "/orders";
        Assert.Equal(hasSucceeded ? "somebody-else" : Answers.UserId, (await browser.SessionAsync()).UserId);
        Assert.Equal(hasSucceeded ? null : Answers.UserId, (await attacker.SessionAsync()).UserId);
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, FailingStore store) => TestSite.StartAsync(binance, setup =>
    {
        setup.Binance = options => options.Events.OnTicketReceived = _ => store.Reach("ticket received");
        setup.Cookie = options =>
        {
            options.SessionStore = store;
            options.Events.OnSigningIn = _ => store.Reach("signing in");
            options.Events.OnSignedIn = _ => store.Reach("signed in");
        };
    });

    private static async Task<TestSite> StartOnServerAsync(BinanceStub binance, FaultyPlace place, SessionStorage sessions)
    {
        var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = _ => place.Reach("ticket received");
            setup.Cookie = options =>
            {
                options.Events.OnSigningIn = _ => place.Reach("signing in");
                options.Events.OnSignedIn = _ => place.Reach("signed in");
            };
            sessions.Configure(setup);
        });
        sessions.Cache.Commands.Before = (command, _) => command switch
        {
            StoreCommand.Set => place.Reach("store"),
            StoreCommand.Remove => place.Reach("remove"),
            _ => Task.CompletedTask,
        };
        return site;
    }

    private class FaultyPlace
    {
        public string? Fault { get; set; }

        public Task Reach(string place) => Fault == place ? throw new InvalidDataException("own fault") : Task.CompletedTask;
    }

    private sealed class FailingStore : FaultyPlace, ITicketStore
    {
        public CookieTicketStore Inner { get; } = new();

        public async Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            await Reach("store");
            return await Inner.StoreAsync(ticket);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Inner.RenewAsync(key, ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Inner.RetrieveAsync(key);

        public async Task RemoveAsync(string key)
        {
            if (Fault is "remove once")
            {
                Fault = null;
                throw new InvalidDataException("own fault");
            }

            await Reach("remove");
            await Inner.RemoveAsync(key);
        }
    }
}
