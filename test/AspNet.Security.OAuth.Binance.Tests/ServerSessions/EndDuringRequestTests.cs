using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// What overlaps the end of sessions: nothing revives them, and their tokens are revoked, once.
/// </summary>
public sealed class EndDuringRequestTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_under_way_that_signs_in_again_does_not_revive_another_providers_session(bool all)
    {
        var page = new SlowPage();
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/slow"] = ProbedSite.SignsInAgain(page));
        var browser = site.Site.Browser();
        await browser.GetAsync("/local");
        var slow = await page.OpenAsync(browser);
        var id = Assert.Single(await site.Sessions.ListAsync("local", "Cookies", Cancelled)).Id;

        if (all)
        {
            await site.Sessions.EndAllAsync("local", "Cookies", Cancelled);
        }
        else
        {
            Assert.True(await site.Sessions.EndAsync("local", id, "Cookies", Cancelled));
        }

        page.Respond();
        browser.Receive(await slow);

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(await site.Sessions.ListAsync("local", "Cookies", Cancelled));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_under_way_that_signs_in_again_does_not_revive_a_session_that_the_index_has_missed()
    {
        var page = new SlowPage();
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/slow"] = ProbedSite.SignsInAgain(page));
        var browser = await site.Site.SignedInAsync();
        var user = (await browser.SessionAsync()).UserId!;
        var slow = await page.OpenAsync(browser);
        await LoseIndexAsync(site);

        await site.Sessions.EndAllAsync(user, cancellationToken: Cancelled);
        page.Respond();
        browser.Receive(await slow);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Binance")]
    [InlineData("Cookies")]
    public async Task A_request_that_ends_all_sessions_and_signs_in_again_stays_signed_in(string scheme)
    {
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/others"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            await context.RequestServices.GetRequiredService<BinanceSessions>().EndAllAsync(SessionView.Of(session).UserId!, scheme);
            await context.SignInAsync("Cookies", session.Principal!, session.Properties);
        });
        var browser = site.Site.Browser();
        await (scheme == "Binance" ? browser.SignInAsync() : browser.GetAsync("/local"));
        var copy = browser.Copy();

        await browser.GetAsync("/others");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.False((await copy.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_that_the_request_ended_before_it_was_authenticated_does_not_authenticate_it()
    {
        await using var site = await ProbedSite.StartAsync(setup => setup.BeforeAuthentication = app => app.Use(async (context, next) =>
        {
            if (context.Request.Query.ContainsKey("end"))
            {
                await context.RequestServices.GetRequiredService<BinanceSessions>().EndAllAsync("local", "Cookies");
            }

            await next(context);
        }));
        var browser = site.Site.Browser();
        await browser.GetAsync("/local");

        Assert.False((await browser.GetAsync("/session?end=1")).Session.SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_sessions_with_the_same_tokens_that_are_ended_at_once_leave_no_live_token()
    {
        await using var site = await ProbedSite.StartAsync(ProbedSite.AddOther);
        var (user, token, ids) = await SignInTwiceAsync(site);
        var (arrived, go) = (new Turnstile(), new TaskCompletionSource());
        var both = arrived.Next(2);
        site.Store.InsteadOfWrite = () =>
        {
            arrived.Pass();
            return go.Task;
        };

        var ends = ids.Select(id => Task.Run(() => site.Sessions.EndAsync(user, id, cancellationToken: Cancelled))).ToArray();
        await both;
        site.Store.InsteadOfWrite = null;
        go.SetResult();
        await Task.WhenAll(ends);

        Assert.False(site.Site.Emulator.Tokens.IsLive(token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ending_all_sessions_revokes_the_tokens_of_two_of_them_once()
    {
        await using var site = await ProbedSite.StartAsync(ProbedSite.AddOther);
        var (user, token, _) = await SignInTwiceAsync(site);

        await site.Sessions.EndAllAsync(user, cancellationToken: Cancelled);

        Assert.False(site.Site.Emulator.Tokens.IsLive(token));
        Assert.Single(site.Site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_another_process_was_getting_when_the_session_ended_do_not_live_on(bool all)
    {
        using var late = new LateRefresh();
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Authentication = (builder, _) => builder.AddBinanceServerSessions();
            setup.Binance = options => options.BackchannelHttpHandler = late;
        });
        var browser = await farm.First.SignedInAsync();
        var user = (await browser.SessionAsync()).UserId!;
        farm.First.Clock.Pass(TimeSpan.FromMinutes(56));
        var refreshing = browser.Copy(farm.Second).SendAsync("/session");
        await late.Reached.Task;
        var sessions = farm.First.Services.GetRequiredService<BinanceSessions>();

        if (all)
        {
            await sessions.EndAllAsync(user, cancellationToken: Cancelled);
        }
        else
        {
            await sessions.EndAsync(user, Assert.Single(await sessions.ListAsync(user, cancellationToken: Cancelled)).Id, cancellationToken: Cancelled);
        }

        late.Go.SetResult();
        await refreshing;

        var response = farm.First.Emulator.Requests.To(EmulatorEndpoint.Token).Last(request => request.GrantType == "refresh_token");
        Assert.Equal(200, response.Status);
        using var tokens = JsonDocument.Parse(response.ResponseBody);
        var newest = tokens.RootElement.GetProperty("access_token").GetString();
        Assert.Contains(farm.First.Revocations, revocation => revocation.Authorization == "Bearer " + newest);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_after_all_were_ended_twice_is_not_ended_by_the_slower_of_the_two()
    {
        await using var site = await ProbedSite.StartAsync();
        var browser = await site.Site.SignedInAsync();
        var user = (await browser.SessionAsync()).UserId!;
        var (reads, reached, go) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        site.Store.InsteadOfRead = () =>
        {
            if (Interlocked.Increment(ref reads) > 1)
            {
                return Task.CompletedTask;
            }

            reached.SetResult();
            return go.Task;
        };

        var slower = site.Sessions.EndAllAsync(user, cancellationToken: Cancelled);
        await reached.Task;
        await site.Sessions.EndAllAsync(user, cancellationToken: Cancelled);
        await browser.SignInAsync();
        go.SetResult();
        await slower;

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_in_after_the_response_has_started_leaves_no_session()
    {
        await using var site = await ProbedSite.StartAsync(setup => setup.Pages["/late"] = async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            try
            {
                await context.SignInAsync("Cookies", CookieSites.User("local"));
            }
            catch (InvalidOperationException)
            {
                // The headers cannot be changed any more.
            }
        });

        var answer = await site.Site.Browser().GetAsync("/late");

        Assert.Null(answer.SessionCookie);
        Assert.Empty(await site.Sessions.ListAsync("local", "Cookies", Cancelled));
    }

    internal static async Task LoseIndexAsync(ProbedSite site)
    {
        var cache = site.Site.Services.GetRequiredService<IDistributedCache>();
        foreach (var key in site.Store.Written.Select(entry => entry.Key).Where(key => key.Contains(":index:", StringComparison.Ordinal)).Distinct())
        {
            await cache.RemoveAsync(key, Cancelled);
        }
    }

    private static async Task<(string User, string Token, string[] Ids)> SignInTwiceAsync(ProbedSite site)
    {
        var browser = await site.Site.SignedInAsync();
        await browser.GetAsync("/copy");
        var session = await browser.SessionAsync();
        var ids = (await site.Sessions.ListAsync(session.UserId!, cancellationToken: Cancelled)).Select(listed => listed.Id).ToArray();
        Assert.Equal(2, ids.Length);
        return (session.UserId!, session.AccessToken!, ids);
    }

    /// <summary>Holds the response of a refresh.</summary>
    private sealed class LateRefresh() : DelegatingHandler(new SocketsHttpHandler())
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isRefresh = request.Content is { } content
                && (await content.ReadAsStringAsync(cancellationToken)).Contains("grant_type=refresh_token", StringComparison.Ordinal);
            var response = await base.SendAsync(request, cancellationToken);
            if (isRefresh)
            {
                Reached.TrySetResult();
                await Go.Task;
            }

            return response;
        }
    }
}
