using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// The application's own cookie events: given in every way, they run once for each request, and keep their effect.
/// </summary>
public sealed class ApplicationEventsTests
{
    /// <summary>Each way of giving events, and whether Binance is added before the cookie.</summary>
    public static MatrixTheoryData<string, bool> Ways => new([.. _ways.Keys], [false, true]);

    private static readonly Dictionary<string, Action<LifetimeSetup, Recorder>> _ways = new()
    {
        ["delegates"] = (setup, recorder) => setup.Cookie = cookie => recorder.Attach(cookie.Events),
        ["an instance of a class of its own"] = (setup, recorder) => setup.Cookie = cookie => cookie.Events = new RecordingEvents(recorder),
        ["a type"] = (setup, recorder) =>
        {
            setup.Cookie = cookie => cookie.EventsType = typeof(RecordingEvents);
            setup.Services = services => services.AddSingleton(recorder).AddScoped<RecordingEvents>();
        },
        ["delegates, configured last"] = (setup, recorder) => setup.Services = services
            => services.Configure<CookieAuthenticationOptions>("Cookies", cookie => recorder.Attach(cookie.Events)),
        ["delegates, after all configuration"] = (setup, recorder) => setup.Services = services
            => services.PostConfigure<CookieAuthenticationOptions>("Cookies", cookie => recorder.Attach(cookie.Events)),
        ["an instance, after all configuration"] = (setup, recorder) => setup.Services = services
            => services.PostConfigure<CookieAuthenticationOptions>("Cookies", cookie => cookie.Events = new RecordingEvents(recorder)),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Events_of_the_application_run_once_for_each_request_beside_ours(string way, bool binanceComesFirst)
    {
        var recorder = new Recorder();
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.BinanceComesFirst = binanceComesFirst;
            _ways[way](setup, recorder);
        });
        var browser = await site.SignedInAsync();
        Assert.Empty(recorder.Take());

        await browser.SessionAsync();
        Assert.Equal(["validate", "sliding"], recorder.Take().OrderDescending());

        // In this one the tokens are refreshed.
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(["validate", "sliding"], recorder.Take().OrderDescending());
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync("/sign-out");
        Assert.Equal(["validate", "sliding", "sign out"], recorder.Take().OrderDescending());
        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task An_application_that_rejects_the_user_causes_no_refresh()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        });
        var browser = await site.WithExpiredTokenAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact]
    public async Task An_application_that_renews_the_cookie_has_its_changes_and_the_new_tokens_in_it()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
        {
            await Task.Yield();
            AddClaim(context);
            context.ShouldRenew = true;
        });
        var browser = await site.WithExpiredTokenAsync();

        var answer = await browser.GetAsync("/session");

        Assert.Single(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        var ticket = Unprotect(site, browser);
        Assert.Equal("added in this request", ticket.Principal.FindFirstValue("added"));
        Assert.Equal(answer.Session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
        Assert.True(site.Emulator.Tokens.IsLive(answer.Session.AccessToken!));
        Assert.Equal(site.Clock.GetUtcNow(), ticket.Properties.IssuedUtc);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8 * 24)] // The cookie slides in the same request.
    public async Task Claims_that_the_application_adds_in_each_request_are_not_written_into_the_cookie_by_a_refresh(int hours)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            AddClaim(context);
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(hours));

        var answer = await browser.GetAsync("/session");

        Assert.NotNull(answer.SessionCookie);
        Assert.Equal("added in this request", answer.Session.Claims["added"]);
        var ticket = Unprotect(site, browser);
        Assert.False(ticket.Principal.HasClaim(claim => claim.Type == "added"));
        Assert.Equal(answer.Session.UserId, ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier));
        Assert.Equal(answer.Session.AccessToken, ticket.Properties.GetTokenValue("access_token"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task An_application_may_stop_a_cookie_from_sliding_in_the_request_that_refreshes_it()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew = false;
            return Task.CompletedTask;
        });
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromDays(8));

        await browser.SessionAsync();

        var after = await browser.SessionAsync();
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
    }

    private static void AddClaim(CookieValidatePrincipalContext context)
        => ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim("added", "added in this request"));

    private static AuthenticationTicket Unprotect(LifetimeSite site, LifetimeBrowser browser)
    {
        var options = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        return options.TicketDataFormat.Unprotect(browser.Cookie(SiteAnswer.CookieName))!;
    }

    private sealed class Recorder
    {
        private readonly ConcurrentQueue<string> _seen = [];

        public Task Record(string seen)
        {
            _seen.Enqueue(seen);
            return Task.CompletedTask;
        }

        public string[] Take()
        {
            var seen = _seen.ToArray();
            _seen.Clear();
            return seen;
        }

        public void Attach(CookieAuthenticationEvents events)
        {
            events.OnValidatePrincipal = _ => Record("validate");
            events.OnCheckSlidingExpiration = _ => Record("sliding");
            events.OnSigningOut = _ => Record("sign out");
        }
    }

    private sealed class RecordingEvents(Recorder recorder) : CookieAuthenticationEvents
    {
        public override Task ValidatePrincipal(CookieValidatePrincipalContext context) => recorder.Record("validate");

        public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context) => recorder.Record("sliding");

        public override Task SigningOut(CookieSigningOutContext context) => recorder.Record("sign out");
    }
}
