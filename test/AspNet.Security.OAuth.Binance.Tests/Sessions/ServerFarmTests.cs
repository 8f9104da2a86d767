using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// What one request did to a session on the server is there for the next request, which reaches another process.
/// </summary>
public sealed class ServerFarmTests
{
    private static readonly string[] _steps = ["", "in", "new", "out", "in,new", "new,in", "out,in", "out,new", "new,out", "in,out,in"];

    /// <summary>What the page does, and the session's age in minutes: it slides from 40, and is due from 55.</summary>
    public static MatrixTheoryData<string, int> Requests => new(_steps, [0, 45, 56]);

    [Fact]
    public async Task Requests_at_once_in_two_processes_make_one_refresh_and_write_no_cookie()
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await Farm.StartAsync(sessions.Configure);
        var browser = await farm.First.WithExpiredTokenAsync();
        var there = browser.Copy(farm.Second);

        var (here, elsewhere) = (browser.SendManyAsync(10), there.SendManyAsync(10));
        SiteAnswer[] answers = [.. await here, .. await elsewhere];

        var token = Assert.Single(answers.Select(answer => answer.Session.AccessToken).Distinct());
        Assert.True(farm.First.Emulator.Tokens.IsLive(token!));
        Assert.All(answers, answer => Assert.Empty(answer.SetCookies));
        Assert.Equal(1, farm.First.RefreshCalls);
        await sessions.AssertHoldsAsync(farm.Second, browser.Cookie(SiteAnswer.CookieName));
    }

    [Fact]
    public async Task A_page_that_throws_keeps_the_renewed_session()
    {
        await using var farm = await StartAsync(new SessionStorage(SessionPlace.Server), setup =>
        {
            setup.BeforeAuthentication = app => app.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync("sorry")));
            setup.Services = services => services.AddRouting();
            setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
        });
        var browser = await farm.First.WithExpiredTokenAsync();

        await browser.GetAsync("/throws");

        await AssertRefreshedOnceAsync(farm, browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_browser_that_leaves_during_the_refresh_returns_signed_in()
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await Farm.StartAsync(sessions.Configure);
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var left = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        var stored = sessions.NextRenewal();
        hold.Release();
        await stored.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await AssertRefreshedOnceAsync(farm, browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_response_that_starts_during_the_refresh_loses_no_tokens()
    {
        var (flush, flushed) = (new TaskCompletionSource(), new TaskCompletionSource());
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await StartAsync(sessions, setup => setup.UseBefore(app => app.Use(async (context, next) =>
        {
            var rest = next(context);
            if (context.Request.Path == "/early")
            {
                await flush.Task;
                await context.Response.StartAsync(context.RequestAborted);
                flushed.SetResult();
            }

            await rest;
        })));
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var early = browser.SendAsync("/early");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        flush.SetResult();
        await flushed.Task.WaitAsync(TestContext.Current.CancellationToken);

        hold.Release();
        await early;

        await AssertRefreshedOnceAsync(farm, browser);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task The_last_step_of_a_request_holds(string steps, int minutes)
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        LifetimeSite? first = null;
        await using var farm = await StartAsync(sessions, setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80);
            setup.Pages["/do"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                foreach (var step in context.Request.Query["steps"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    await (step switch
                    {
                        "in" => context.SignInAsync("Cookies", session.Principal!, session.Properties),
                        "new" => context.SignInAsync("Cookies", CookieSites.User("another"), first!.NewTicket()),
                        _ => context.SignOutAsync("Cookies"),
                    });
                }
            };
        });
        first = farm.First;
        var browser = await first.SignedInAsync();
        var before = browser.Copy(farm.Second);
        first.Clock.Pass(TimeSpan.FromMinutes(minutes));

        await browser.GetAsync("/do?steps=" + steps);

        var signedIn = !steps.EndsWith("out", StringComparison.Ordinal);
        await sessions.AssertHoldsAsync(farm.Second, signedIn ? [browser.Cookie(SiteAnswer.CookieName)] : []);
        var session = await browser.Copy(farm.Second).SessionAsync();
        Assert.Equal(signedIn, session.SignedIn);
        Assert.True(!signedIn || first.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(steps.Length == 0, (await before.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(56)]
    public async Task What_an_application_changes_in_a_session_that_it_renews_is_kept_beside_the_newest_tokens(int minutes)
    {
        var (changes, sessions) = (false, new SessionStorage(SessionPlace.Server));
        await using var farm = await StartAsync(sessions, setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            if (changes)
            {
                ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new("changed", "yes"));
                context.ShouldRenew = true;
            }

            return Task.CompletedTask;
        });
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(minutes));

        changes = true;
        var during = await browser.SessionAsync();
        changes = false;
        var after = await browser.Copy(farm.Second).SessionAsync();

        Assert.Equal("yes", after.Claims["changed"]);
        Assert.Equal((during.AccessToken, during.RefreshToken), (after.AccessToken, after.RefreshToken));
        Assert.Equal(minutes == 56 ? 1 : 0, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task A_foreign_ticket_that_another_process_signs_out_is_over_and_validated_by_neither()
    {
        var (validations, sessions) = (0, new SessionStorage(SessionPlace.Server, "Other"));
        await using var farm = await StartAsync(sessions, setup => setup.Authentication = (builder, _)
            => builder.AddCookie("Other", cookie => cookie.Events.OnValidatePrincipal = _ => Task.FromResult(validations++)));
        var browser = farm.First.Browser();
        await browser.AdoptAsync(new(), "Other");

        await browser.Copy(farm.Second).GetAsync("/sign-out?cookie=Other");

        Assert.Equal(0, validations);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Equal(0, validations);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(56)]
    public async Task A_user_who_is_rejected_and_signed_out_in_one_process_is_signed_out_in_the_other_with_one_revocation(int minutes)
    {
        var (rejects, sessions) = (false, new SessionStorage(SessionPlace.Server));
        await using var farm = await StartAsync(sessions, setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
            {
                if (rejects)
                {
                    context.RejectPrincipal();
                }

                return Task.CompletedTask;
            };
            setup.Pages["/banned"] = context => context.SignOutAsync("Cookies");
        });
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        farm.First.Clock.Pass(TimeSpan.FromMinutes(minutes));

        rejects = true;
        await browser.GetAsync("/banned");
        rejects = false;

        Assert.False((await there.SessionAsync()).SignedIn);
        await there.GetAsync("/sign-out");
        Assert.Single(farm.First.Revocations);
        Assert.Empty(sessions.Entries);
    }

    private static Task<Farm> StartAsync(SessionStorage sessions, Action<LifetimeSetup> configure) => Farm.StartAsync(setup =>
    {
        configure(setup);
        sessions.Configure(setup);
    });

    // Later than the outcome of the refresh is remembered.
    private static async Task AssertRefreshedOnceAsync(Farm farm, LifetimeBrowser browser)
    {
        farm.First.Clock.Pass(TimeSpan.FromMinutes(30));
        var session = await browser.Copy(farm.Second).SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(farm.First.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
    }
}
