using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Requests that overlap the end of sessions: the sessions are not restored, and their tokens are revoked once.
/// </summary>
public sealed class EndDuringRequestTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_concurrent_sign_in_does_not_restore_another_provider_s_session(bool all)
    {
        var page = new SlowPage();
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/slow"] = SignInAgain(page));
        var browser = site.Browser();
        await browser.GetAsync("/as?user=local");
        var slow = await page.OpenAsync(browser);
        var id = Assert.Single(await site.ListAsync("local", "Cookies")).Id;

        if (all)
        {
            await site.EndAllAsync("local", "Cookies");
        }
        else
        {
            Assert.True(await site.EndAsync(id, "local", "Cookies"));
        }

        page.Respond();
        browser.Receive(await slow);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(await site.ListAsync("local", "Cookies"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("local", false)]
    [InlineData("another", true)]
    public async Task A_concurrent_sign_in_of_the_same_user_or_with_the_same_properties_restores_no_session(string user, bool hasSameProperties)
        => Assert.Null(await SignInAfterEndAsync(user, hasSameProperties));

    [Fact(Timeout = 60_000)]
    public async Task A_concurrent_sign_in_of_another_user_with_new_properties_begins_a_session()
        => Assert.Equal("another", await SignInAfterEndAsync("another", hasSameProperties: false));

    [Fact(Timeout = 60_000)]
    public async Task A_concurrent_callback_of_the_same_user_begins_a_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var signIn = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        Assert.True(await site.EndAsync(id));
        hold.Release();
        browser.Receive(await signIn);

        Assert.Equal(ServerSite.User, (await browser.SessionAsync()).UserId);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_concurrent_sign_in_does_not_restore_a_session_that_the_index_misses()
    {
        var page = new SlowPage();
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/slow"] = SignInAgain(page));
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        site.Store().Lose(ServerSite.Index);

        await site.EndAllAsync();
        page.Respond();
        browser.Receive(await slow);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Binance")]
    [InlineData("Cookies")]
    public async Task A_request_that_ends_all_sessions_and_signs_in_again_stays_signed_in(string scheme)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/others"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            await context.RequestServices.GetRequiredService<BinanceSessions>().EndAllAsync(SiteSession.Of(session).UserId!, scheme);
            await context.SignInAsync("Cookies", session.Principal!, session.Properties);
        });
        var browser = site.Browser();
        await (scheme == "Binance" ? browser.SignInAsync() : browser.GetAsync("/as?user=local"));
        var copy = browser.Copy();

        await browser.GetAsync("/others");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await copy.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_to_another_cookie_does_not_continue_a_session_that_was_ended_meanwhile()
    {
        var page = new SlowPage();
        Exception? failure = null;
        await using var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.Authentication = static builder => builder.AddCookie("Other");
                setup.Pages["/slow"] = async context =>
                {
                    var session = await context.AuthenticateAsync("Cookies");
                    await page.WaitAsync();
                    failure = await Record.ExceptionAsync(() => context.SignInAsync("Other", session.Principal!, session.Properties));
                };
            },
            null,
            "Cookies",
            "Other");
        var browser = await site.SignedInAsync();
        var slow = await page.OpenAsync(browser);

        await site.EndAllAsync();
        page.Respond();
        browser.Receive(await slow);

        Assert.IsType<InvalidOperationException>(failure);
        Assert.Empty(site.Store().Tickets());
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_that_middleware_ends_before_authentication_does_not_authenticate_the_request()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.BeforeAuthentication = app => app.Use(async (context, next) =>
        {
            if (context.Request.Query.ContainsKey("end"))
            {
                await context.RequestServices.GetRequiredService<BinanceSessions>().EndAllAsync("local", "Cookies");
            }

            await next(context);
        }));
        var browser = site.Browser();
        await browser.GetAsync("/as?user=local");

        Assert.False((await browser.GetAsync("/session?end=1")).Session.SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_another_process_receives_after_the_end_are_revoked(bool all)
    {
        using var late = new LateRefresh();
        await using var farm = await ServerSite.StartFarmAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = late);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(56));
        var refreshing = browser.Copy(farm.Second).SendAsync("/session");
        await late.Reached.Task;

        if (all)
        {
            await farm.First.EndAllAsync();
        }
        else
        {
            await farm.First.EndAsync(Assert.Single(await farm.First.ListAsync()).Id);
        }

        late.Release.SetResult();
        await refreshing;

        var response = farm.First.Emulator.Requests.To(EmulatorEndpoint.Token).Last(request => request.GrantType == "refresh_token");
        Assert.Equal(200, response.Status);
        using var tokens = JsonDocument.Parse(response.ResponseBody);
        var newest = tokens.RootElement.GetProperty("access_token").GetString();
        Assert.Contains(farm.First.Revocations, revocation => revocation.Authorization == "Bearer " + newest);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_between_two_concurrent_ends_of_all_sessions_is_not_ended()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var (reads, reached, release) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        site.Store().InsteadOfRead = () =>
        {
            if (Interlocked.Increment(ref reads) > 1)
            {
                return Task.CompletedTask;
            }

            reached.SetResult();
            return release.Task;
        };

        var slower = site.EndAllAsync();
        await reached.Task;
        await site.EndAllAsync();
        await browser.SignInAsync();
        release.SetResult();
        await slower;

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    /// <summary>Ends a session of the user "local" while a request with it waits to sign in.</summary>
    /// <returns>The user that the browser is signed in as afterwards.</returns>
    private static async Task<string?> SignInAfterEndAsync(string user, bool hasSameProperties)
    {
        var page = new SlowPage();
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/slow"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await page.WaitAsync();
            await context.SignInAsync("Cookies", CookieSites.User(user), hasSameProperties ? session.Properties : null);
        });
        var browser = site.Browser();
        await browser.GetAsync("/as?user=local");
        var id = await browser.IdAsync();
        var slow = await page.OpenAsync(browser);

        Assert.True(await site.EndAsync(id, "local", "Cookies"));
        page.Respond();
        browser.Receive(await slow);

        return (await browser.SessionAsync()).UserId;
    }

    /// <summary>A page that reads the session, waits for the test, and signs in with the ticket, which may be refused.</summary>
    private static RequestDelegate SignInAgain(SlowPage page) => async context =>
    {
        try
        {
            await page.SignInAgainAsync(context);
        }
        catch (InvalidOperationException)
        {
            // The sign-in is refused.
        }
    };

    /// <summary>Holds the response of a refresh.</summary>
    private sealed class LateRefresh() : DelegatingHandler(new SocketsHttpHandler())
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isRefresh = request.Content is { } content
                && (await content.ReadAsStringAsync(cancellationToken)).Contains("grant_type=refresh_token", StringComparison.Ordinal);
            var response = await base.SendAsync(request, cancellationToken);
            if (isRefresh)
            {
                Reached.TrySetResult();
                await Release.Task;
            }

            return response;
        }
    }
}
