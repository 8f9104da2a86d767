using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application's own ticket store: it gets the request that writes or removes a session. A refresh does not belong to a request.
/// </summary>
public sealed class TicketStoreTests
{
    private const string NoRequest = "no request";

    // The session slides, and its tokens are not due.
    private static readonly TimeSpan _slides = TimeSpan.FromMinutes(45);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slide_is_written_with_its_request_and_a_refresh_without_one()
    {
        var store = new RequestStore();
        await using var site = await StartAsync(store, slides: true);
        var browser = await site.SignedInAsync();

        site.Clock.Pass(_slides);
        await browser.GetAsync("/slide");
        site.Clock.Pass(StoreOutages.DueAge - _slides);
        await browser.GetAsync("/refresh");

        Assert.Equal(["/slide", NoRequest], store.Renewals);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refused_session_is_removed_without_a_request()
    {
        var store = new RequestStore();
        await using var site = await StartAsync(store);
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.Equal([NoRequest], store.Removals);
        Assert.Empty(store.Tickets.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_that_ends_while_a_slide_is_written_is_removed_with_the_request_and_its_cookie_is_not_written()
    {
        var (store, write) = (new RequestStore(), new SlowPage());
        await using var site = await StartAsync(store, slides: true);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(_slides);
        store.Tickets.BeforeRenewal = write.WaitAsync;
        var slide = await write.OpenAsync(browser, "/slide");
        await browser.Copy().GetAsync("/sign-out");

        write.Respond();

        Assert.Null((await slide).SessionCookie);
        Assert.Equal("/slide", store.Removals[^1]);
        Assert.Empty(store.Tickets.Keys);
    }

    // Outcomes of refreshes are kept for ten minutes.
    [Fact(Timeout = 60_000)]
    public async Task A_read_of_eleven_minutes_does_not_lose_the_new_tokens()
    {
        var store = new RequestStore();
        await using var site = await StartAsync(store);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        var (reached, read) = (NewSignal(), NewSignal());
        store.Tickets.BeforeRead = () =>
        {
            store.Tickets.BeforeRead = null;
            reached.SetResult();
            return read.Task;
        };
        hold.Release();
        await reached.Task.WaitAsync(TestTimeout.Token);
        site.Clock.Pass(StoreOutages.GoodWait);
        await page;
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        var written = store.Tickets.Renewals.Next(1);
        read.SetResult();
        await written;

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    // The outcome of the refresh is kept for half of the new access token's lifetime.
    [Fact]
    public async Task New_tokens_that_could_not_be_written_are_written_with_the_application_s_renewal()
    {
        var (store, page) = (new RequestStore(), new SlowPage());
        await using var site = await StartAsync(
            store,
            validate: static context => context.ShouldRenew = context.Request.Path == "/slow",
            configure: setup =>
            {
                setup.Emulator = options => options.AccessTokenLifetime = TimeSpan.FromMinutes(4);
                setup.Pages["/slow"] = page.ServeAsync;
            });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(3));
        store.Tickets.BeforeRenewal = static () => throw new IOException("no writes");
        var slow = await page.OpenAsync(browser);
        Assert.Equal(1, site.RefreshCalls);
        store.Tickets.BeforeRenewal = null;
        site.Clock.Pass(TimeSpan.FromMinutes(2.5));

        page.Respond();
        browser.Receive(await slow);

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_the_application_stores_during_a_refresh_are_kept(bool refused)
    {
        var store = new RequestStore();
        AuthenticationProperties? own = null;
        await using var site = await StartAsync(store, validate: context => StoreOwn(context, own));
        var browser = await site.SignedInAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        own = site.NewTicket();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        await browser.Copy().GetAsync("/own");
        if (refused)
        {
            site.Emulator.Tokens.RevokeAll();
        }

        hold.Release();
        await page;

        Assert.Equal(own.GetTokenValue("access_token"), (await browser.SessionAsync()).AccessToken);
        Assert.Equal(["/own"], store.Renewals);
    }

    [Fact]
    public async Task A_renewal_keeps_the_newer_tokens_that_another_request_has_stored()
    {
        var (store, page) = (new RequestStore(), new SlowPage());
        AuthenticationProperties? own = null;
        await using var site = await StartAsync(
            store,
            validate: context =>
            {
                StoreOwn(context, own);
                context.ShouldRenew = true;
            },
            configure: setup => setup.Pages["/slow"] = page.ServeAsync);
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        own = site.NewTicket();
        await browser.Copy().GetAsync("/own");

        page.Respond();
        await slow;

        Assert.Equal(["/own", "/slow"], store.Renewals);
        Assert.Equal(own.GetTokenValue("access_token"), (await browser.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task A_request_that_has_signed_out_of_a_session_cannot_authenticate_it()
    {
        var store = new CookieTicketStore();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Second", cookie => cookie.SessionStore = store);
            setup.Pages["/end"] = async context =>
            {
                await context.SignOutAsync("Second");
                var session = await context.AuthenticateAsync("Second");
                await context.Response.WriteAsync(session.Succeeded ? "signed in" : "signed out", context.RequestAborted);
            };
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        Assert.True((await browser.SessionAsync("Second")).SignedIn);

        Assert.Equal("signed out", (await browser.GetAsync("/end")).Body);
    }

    // The application stores tokens of its own in a request to the page of that name.
    private static void StoreOwn(CookieValidatePrincipalContext context, AuthenticationProperties? own)
    {
        if (context.Request.Path == "/own")
        {
            context.Properties.StoreTokens(own!.GetTokens());
            context.ShouldRenew = true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task<TestSite> StartAsync(
        RequestStore store, bool slides = false, Action<CookieValidatePrincipalContext>? validate = null, Action<SiteSetup>? configure = null)
        => TestSite.StartAsync(setup =>
        {
            configure?.Invoke(setup);
            setup.Cookie = cookie =>
            {
                (cookie.ExpireTimeSpan, cookie.SlidingExpiration, cookie.SessionStore) = (PendingSetup.TicketLife, slides, store);
                cookie.Events.OnValidatePrincipal = context =>
                {
                    validate?.Invoke(context);
                    return Task.CompletedTask;
                };
            };
        });

    // The renewals and removals with the path of their request.
    private sealed class RequestStore : ITicketStore
    {
        private readonly ConcurrentQueue<string> _renewals = [];
        private readonly ConcurrentQueue<string> _removals = [];

        public CookieTicketStore Tickets { get; } = new();

        public IReadOnlyList<string> Renewals => [.. _renewals];

        public IReadOnlyList<string> Removals => [.. _removals];

        public Task<string> StoreAsync(AuthenticationTicket ticket) => Tickets.StoreAsync(ticket);

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Tickets.RetrieveAsync(key);

        public Task RenewAsync(string key, AuthenticationTicket ticket) => RenewAsync(key, ticket, NoRequest);

        public Task RenewAsync(string key, AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
            => RenewAsync(key, ticket, httpContext.Request.Path.Value!);

        public Task RemoveAsync(string key) => RemoveAsync(key, NoRequest);

        public Task RemoveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken) => RemoveAsync(key, httpContext.Request.Path.Value!);

        private Task RenewAsync(string key, AuthenticationTicket ticket, string path)
        {
            _renewals.Enqueue(path);
            return Tickets.RenewAsync(key, ticket);
        }

        private Task RemoveAsync(string key, string path)
        {
            _removals.Enqueue(path);
            return Tickets.RemoveAsync(key);
        }
    }
}
