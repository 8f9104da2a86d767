using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The end of the session in the response of <c>user</c>.
/// </summary>
public sealed class UserSessionEndTests
{
    public static MatrixTheoryData<SessionPlace, Pending> PlacesAndPending => new(Enum.GetValues<SessionPlace>(), Enum.GetValues<Pending>());

    [Theory]
    [MemberData(nameof(PlacesAndPending))]
    public async Task The_end_of_the_session_is_the_one_after_this_response(SessionPlace place, Pending pending)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.TokensWith("expires_in", "3600"));
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Cookie = cookie =>
        {
            cookie.ExpireTimeSpan = PendingSetup.TicketLife;
            cookie.SlidingExpiration = pending is Pending.Slide or Pending.RefreshAndSlide;
            cookie.Events.OnValidatePrincipal = context => Task.FromResult(context.ShouldRenew = pending is Pending.Renewal);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Advance(pending.Age());

        var returned = (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset();

        Assert.Equal((await browser.SessionAsync()).Expires, returned);
        Assert.Equal(pending is Pending.Refresh ? TestTime.Origin + PendingSetup.TicketLife : site.Clock.GetUtcNow() + PendingSetup.TicketLife, returned);
        site.Clock.Advance(returned - site.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        site.CookieOptions().SlidingExpiration = false;
        site.CookieOptions().Events.OnValidatePrincipal = _ => Task.CompletedTask;
        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Advance(TimeSpan.FromSeconds(2));
        var late = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, late.Status);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_end_of_a_session_with_its_own_lifetime_is_returned(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place, setup => setup.Cookie = cookie => cookie.Events.OnSigningIn = context =>
        {
            context.Properties.IsPersistent = true;
            context.Properties.ExpiresUtc = TestTime.Origin.AddHours(3);
            return Task.CompletedTask;
        });

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(TestTime.Origin.AddHours(3), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_end_of_a_session_that_the_application_does_not_slide_is_returned()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: setup => setup.Cookie = cookie => cookie.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew = false;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Advance(TimeSpan.FromDays(8));

        var returned = (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset();

        Assert.Equal(TestTime.Origin.AddDays(14), returned);
        Assert.Equal((await browser.SessionAsync()).Expires, returned);
    }

    [Fact]
    public async Task The_maximum_lifetime_of_sessions_on_the_server_is_the_end()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, SessionPlace.Server, setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Authentication = schemes => schemes.Services.Configure<BinanceServerSessionsOptions>(CookieAuthenticationDefaults.AuthenticationScheme, SetLifetime)
                .Configure<BinanceServerSessionsOptions>(SetLifetime);
        });
        var browser = await site.SignedInAsync();

        for (var day = 0; day < 24; day += 8)
        {
            var expected = TestTime.Origin.AddDays(Math.Min(day + 14, 20));
            Assert.Equal(expected, (await browser.ReadUserAsync()).GetProperty("sessionExpiresAt").GetDateTimeOffset());
            site.Clock.Advance(TimeSpan.FromDays(8));
        }

        var late = await browser.GetUserAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, late.Status);

        static void SetLifetime(BinanceServerSessionsOptions sessions) => sessions.MaximumLifetime = TimeSpan.FromDays(20);
    }

    [Fact]
    public async Task The_maximum_lifetime_of_another_cookie_s_sessions_is_not_the_end()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(
            binance,
            SessionPlace.Server,
            setup =>
            {
                setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1000);
                setup.Authentication = schemes => schemes.AddCookie("Other");
            },
            null,
            "Other");

        var user = await (await site.SignedInAsync()).ReadUserAsync();

        Assert.Equal(TestTime.Origin.AddDays(1000), user.GetProperty("sessionExpiresAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("/auth/user", "GET")]
    [InlineData("/auth/login", "GET")]
    [InlineData("/auth/logout", "POST")]
    public async Task An_outage_of_the_cache_neither_signs_a_user_out_nor_requires_a_login(string path, string method)
    {
        SharedStore? store = null;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = schemes =>
            {
                schemes.AddBinanceServerSessions().Services.AddRouting();
                schemes.Services.AddSingleton<IDistributedCache>(provider => store = new SharedStore(provider.GetRequiredService<TimeProvider>()));
            };
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
        });
        var browser = await site.SignedInAsync();

        store!.Commands.Fail();
        var response = await browser.SendAsync(new HttpMethod(method), path, null, method is "POST" ? LoginRequests.OwnScript : LoginRequests.Navigation);
        store!.Commands.Recover();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookieHeaders);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }
}
