using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
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

    public static MatrixTheoryData<bool, SessionPlace> ReplacementsAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_is_over_does_not_begin_anew_because_its_cookie_is_replaced_once_more(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        var (kept, other) = (browser.Copy(), browser.Copy());
        var callback = await other.ConsentAsync();
        await browser.AdoptAsync(site.NewTicket());
        await browser.GetAsync("/sign-out");
        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);

        await other.ComeBackAsync(callback);

        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_replaced_session_does_not_come_back_when_another_process_has_ended_its_successor(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Pages["/slow"] = async context =>
            {
                var old = await context.AuthenticateAsync("Cookies");
                await page.WaitAsync();
                await context.SignInAsync("Cookies", old.Principal!, old.Properties);
            };
            sessions.Configure(setup);
        });
        var browser = await farm.First.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        await browser.AdoptAsync(farm.First.NewTicket());
        var there = browser.Copy(farm.Second);
        await there.GetAsync("/sign-out");

        page.Respond();
        there.Receive(await slow);

        Assert.False(there.HasSession);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(ReplacementsAndPlaces))]
    public async Task A_slow_response_of_a_refused_session_leaves_the_next_session_alone(bool replaced, SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.Pages["/slow"] = page.ServeAsync;
            new SessionStorage(place).Configure(setup);
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

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_in_again_and_throws_signs_nobody_out(SessionPlace place)
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
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/again");
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_cookie_that_slid_is_over_with_its_session_to_its_own_end(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Cookie = cookie => (cookie.SlidingExpiration, cookie.ExpireTimeSpan) = (true, TimeSpan.FromMinutes(80));
            new SessionStorage(place).Configure(setup);
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

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_during_validation_loses_no_tokens(SessionPlace place)
    {
        var signsIn = false;
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
                cookie.Events.OnValidatePrincipal = context
                    => signsIn ? context.HttpContext.SignInAsync("Cookies", context.Principal!, context.Properties) : Task.CompletedTask;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        signsIn = true;
        await browser.GetAsync("/");
        signsIn = false;
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_with_the_refresh_token_of_before_keeps_its_newer_access_token(SessionPlace place)
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
            new SessionStorage(place).Configure(setup);
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

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_out_and_throws_deletes_the_cookie(SessionPlace place)
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
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/leave");

        Assert.False(browser.HasSession);
    }
}
