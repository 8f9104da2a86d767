using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Changes of a session on the server by one request are visible to the next request, which reaches another process.
/// </summary>
public sealed class ServerFarmTests
{
    private static readonly string[] _steps = ["", "in", "new", "out", "in,new", "new,in", "out,in", "out,new", "new,out", "in,out,in"];

    /// <summary>What the page does, and the session's age in minutes: it slides from 40, and its tokens are due from 55.</summary>
    public static MatrixTheoryData<string, int> Requests => new(_steps, [0, 45, 56]);

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
    public async Task A_request_aborted_during_the_refresh_does_not_end_the_session()
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await Farm.StartAsync(sessions.Configure);
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await browser.AbortRefreshAsync(hold);

        var stored = sessions.NextRenewal();
        hold.Release();
        await stored;

        await AssertRefreshedOnceAsync(farm, browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_response_that_starts_during_the_refresh_loses_no_tokens()
    {
        var early = new EarlyResponse();
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await StartAsync(sessions, setup => setup.UseBefore(early.Use));
        var browser = await farm.First.WithExpiredTokenAsync();
        await early.RunAsync(farm.First, browser);

        await AssertRefreshedOnceAsync(farm, browser);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task The_last_step_of_a_request_decides_in_both_processes(string steps, int minutes)
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        TestSite? first = null;
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
        await sessions.AssertHoldsAsync(farm.Second, signedIn ? [browser.Cookie(SiteResponse.CookieName)] : []);
        var session = await browser.Copy(farm.Second).SessionAsync();
        Assert.Equal(signedIn, session.SignedIn);
        Assert.True(!signedIn || first.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(steps.Length == 0, (await before.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(56)]
    public async Task A_renewal_stores_the_application_s_changes_with_the_newest_tokens(int minutes)
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

        Assert.Equal("yes", after.Claim("changed"));
        Assert.Equal((during.AccessToken, during.RefreshToken), (after.AccessToken, after.RefreshToken));
        Assert.Equal(minutes == 56 ? 1 : 0, farm.First.RefreshCalls);
    }

    [Fact]
    public async Task A_foreign_ticket_that_another_process_signs_out_ends_without_validation()
    {
        var (validations, sessions) = (0, new SessionStorage(SessionPlace.Server, "Other"));
        await using var farm = await StartAsync(sessions, setup => setup.Authentication = builder
            => builder.AddCookie("Other", cookie => cookie.Events.OnValidatePrincipal = _ => Task.FromResult(validations++)));
        var browser = farm.First.Browser();
        await browser.AdoptAsync(new(), "Other");

        await browser.Copy(farm.Second).GetAsync("/sign-out?scheme=Other");

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

    private static Task<Farm> StartAsync(SessionStorage sessions, Action<SiteSetup> configure) => Farm.StartAsync(setup =>
    {
        configure(setup);
        sessions.Configure(setup);
    });

    // The outcome of the refresh is no longer kept.
    private static async Task AssertRefreshedOnceAsync(Farm farm, SiteBrowser browser)
    {
        await farm.First.Clock.SettleAsync();
        farm.First.Clock.Pass(TimeSpan.FromMinutes(30));
        var session = await browser.Copy(farm.Second).SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(farm.First.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
    }
}
