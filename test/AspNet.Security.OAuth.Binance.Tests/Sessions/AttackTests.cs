using System.Globalization;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Interleavings and neighbours that try to lose, revive or swap a session.
/// </summary>
public sealed class AttackTests
{
    [Theory]
    [InlineData(".AspNetCore.CookiesC5")]
    [InlineData(".AspNetCore.CookiesC+5")]
    [InlineData(".AspNetCore.CookiesClub")]
    public async Task A_cookie_of_the_application_whose_name_begins_like_the_sessions_stays(string name)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/leave"] = async context =>
        {
            context.Response.Headers.Append("Set-Cookie", name + "=application-value-7; path=/");
            await context.SignOutAsync("Cookies");
        });
        var browser = await site.SignedInAsync();

        var answer = await browser.GetAsync("/leave");

        Assert.Contains(answer.SetCookies, cookie => cookie.Name.Value == name && cookie.Value == "application-value-7");
        Assert.False(browser.HasSession);
    }

    [Fact]
    public async Task A_session_that_is_over_does_not_begin_anew_because_its_cookie_is_replaced_once_more()
    {
        await using var site = await LifetimeSite.StartAsync(_ => { });
        var browser = await site.SignedInAsync();
        var (kept, other) = (browser.Copy(), browser.Copy());
        var callback = await other.ConsentAsync();
        await browser.AdoptAsync(site.NewTicket());
        await browser.GetAsync("/sign-out");
        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);

        await other.ComeBackAsync(callback);

        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    [Fact]
    public async Task A_replaced_session_does_not_come_back_when_another_process_has_ended_its_successor()
    {
        var page = new SlowPage();
        await using var farm = await Farm.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            var old = await context.AuthenticateAsync("Cookies");
            await page.WaitAsync();
            await context.SignInAsync("Cookies", old.Principal!, old.Properties);
        });
        var browser = await farm.First.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        await browser.AdoptAsync(farm.First.NewTicket());
        var there = browser.Copy(farm.Second);
        await there.GetAsync("/sign-out");

        page.Respond();
        there.Receive(await slow);

        Assert.False(there.HasSession);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_response_of_a_refused_session_leaves_the_next_session_alone(bool replaced)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));
        var slow = await page.OpenAsync(browser);
        if (!replaced)
        {
            await browser.GetAsync("/sign-out");
        }

        await browser.AdoptAsync(site.NewTicket());
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        page.Respond();
        browser.Receive(await slow);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_page_that_signs_in_again_and_throws_signs_nobody_out()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.BeforeAuthentication = app => app.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync("sorry")));
            setup.Services = services => services.AddRouting();
            setup.Pages["/again"] = async context =>
            {
                var result = await context.AuthenticateAsync("Cookies");
                await context.SignInAsync("Cookies", result.Principal!, result.Properties);
                throw new InvalidOperationException("after the sign-in");
            };
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/again");
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_store_that_writes_slowly_does_not_bring_back_a_session_that_was_signed_out_of()
    {
        var store = new SlowStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var browser = await site.WithExpiredTokenAsync();
        var write = store.HoldNextWrite();
        var due = browser.SendAsync("/");
        await write.Reached;
        await browser.Copy().GetAsync("/sign-out");

        write.Release();
        await due;

        Assert.Empty(store.Keys);
    }

    [Fact]
    public async Task A_store_that_writes_a_slide_slowly_does_not_get_older_tokens_over_newer()
    {
        var store = new SlowStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie
            => (cookie.SessionStore, cookie.SlidingExpiration, cookie.ExpireTimeSpan) = (store, true, TimeSpan.FromMinutes(100)));
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var write = store.HoldNextWrite();
        var slide = browser.SendAsync("/");
        await write.Reached;
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        await browser.GetAsync("/session");
        Assert.Equal(1, site.RefreshCalls);

        write.Release();
        browser.Receive(await slide);
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_store_that_cannot_write_costs_no_page()
    {
        var store = new SlowStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        store.FailsToWrite = true;

        var answer = await browser.GetAsync("/session");

        Assert.True(answer.Session.SignedIn);
        store.FailsToWrite = false;
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_cookie_that_slid_is_over_with_its_session_to_its_own_end()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Cookie = cookie => (cookie.SlidingExpiration, cookie.ExpireTimeSpan) = (true, TimeSpan.FromMinutes(80));
        });
        var browser = await site.SignedInAsync();
        var old = browser.Copy();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        await browser.GetAsync("/");
        await old.GetAsync("/sign-out");
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        await (await site.SignedInAsync()).GetAsync("/sign-out");

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_in_during_validation_loses_no_tokens()
    {
        var signsIn = false;
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie =>
        {
            cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            cookie.Events.OnValidatePrincipal = context
                => signsIn ? context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties) : Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        signsIn = true;
        await browser.GetAsync("/");
        signsIn = false;
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_in_with_the_refresh_token_of_before_keeps_its_newer_access_token()
    {
        LifetimeSite? current = null;
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.Pages["/more"] = async context =>
            {
                var result = await context.AuthenticateAsync("Cookies");
                var properties = new AuthenticationProperties { Items = { [".AuthScheme"] = "Binance" } };
                properties.StoreTokens([
                    new() { Name = "access_token", Value = "with-more-scopes" },
                    new() { Name = "refresh_token", Value = result.Properties!.GetTokenValue("refresh_token")! },
                    new() { Name = "expires_at", Value = (current!.Clock.GetUtcNow() + TimeSpan.FromHours(1)).ToString("o", CultureInfo.InvariantCulture) },
                ]);
                await context.SignInAsync("Cookies", result.Principal!, properties);
            };
            setup.Pages["/token"] = async context => await context.Response.WriteAsync(await context.GetTokenAsync("access_token") ?? "");
        });
        current = site;
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        await browser.GetAsync("/");
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await browser.GetAsync("/more");

        Assert.Equal("with-more-scopes", (await browser.GetAsync("/token")).Body);
    }

    [Fact]
    public async Task A_cookie_that_cannot_be_written_does_not_keep_another_from_being_withdrawn()
    {
        var (page, store) = (new SlowPage(), new SlowStore());
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => (cookie.SessionStore, cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (store, TimeSpan.FromMinutes(90), true);
            setup.Authentication = (builder, _) => builder.AddCookie("Second");
            setup.Pages["/slow"] = async context =>
            {
                var second = await context.AuthenticateAsync("Second");
                await page.WaitAsync();
                await context.SignInAsync("Second", second.Principal!, second.Properties);
            };
        });
        var browser = await site.SignedInAsync();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        site.Clock.Pass(TimeSpan.FromMinutes(50));
        var slow = await page.OpenAsync(browser);
        await browser.GetAsync("/sign-out?cookie=Second");
        store.FailsToWrite = true;

        page.Respond();
        browser.Receive(await slow);

        Assert.False(browser.HasCookie(".AspNetCore.Second"));
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_costs_no_challenge()
    {
        var store = new SlowStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, _)
            => builder.AddCookie("Second", cookie => cookie.SessionStore = store));
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Second");
        store.FailsToRead = true;

        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/login")).Status);
    }

    [Fact]
    public async Task A_page_that_signs_out_and_throws_deletes_the_cookie()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync("sorry")));
            setup.Services = services => services.AddRouting();
            setup.Pages["/leave"] = async context =>
            {
                await context.SignOutAsync("Cookies");
                throw new InvalidOperationException("after the sign-out");
            };
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/leave");

        Assert.False(browser.HasSession);
    }

    [Fact]
    public async Task A_slow_slide_of_a_stored_session_writes_no_older_tokens_when_the_outcome_is_forgotten()
    {
        var (page, store) = (new SlowPage(), new SlowStore());
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => (cookie.SessionStore, cookie.SlidingExpiration, cookie.ExpireTimeSpan) = (store, true, TimeSpan.FromMinutes(20));
            setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromSeconds(30);
            setup.Pages["/slow"] = page.ServeAsync;
        });
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(12);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        var slow = await page.OpenAsync(browser);
        site.Emulator.Options.AccessTokenLifetime = TimeSpan.FromMinutes(4);
        site.Clock.Pass(TimeSpan.FromSeconds(40));
        await browser.GetAsync("/");
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TimeSpan.FromMinutes(3));

        page.Respond();
        browser.Receive(await slow);

        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromMinutes(4));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private sealed class SlowStore : ITicketStore
    {
        private readonly MemoryTicketStore _store = new();
        private Held? _held;

        public ICollection<string> Keys => _store.Keys;

        public bool FailsToWrite { get; set; }

        public bool FailsToRead { get; set; }

        public Held HoldNextWrite() => _held = new Held();

        public Task<string> StoreAsync(AuthenticationTicket ticket) => _store.StoreAsync(ticket);

        public async Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            if (FailsToWrite)
            {
                throw new IOException("no writes");
            }

            if (Interlocked.Exchange(ref _held, null) is { } held)
            {
                await held.WaitAsync();
            }

            await _store.RenewAsync(key, ticket);
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => FailsToRead ? throw new IOException("no reads") : _store.RetrieveAsync(key);

        public Task RemoveAsync(string key) => _store.RemoveAsync(key);
    }

    private sealed class Held
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(TestContext.Current.CancellationToken);

        public void Release() => _release.SetResult();

        public Task WaitAsync()
        {
            _reached.TrySetResult();
            return _release.Task;
        }
    }
}
