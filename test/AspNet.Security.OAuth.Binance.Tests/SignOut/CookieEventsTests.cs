using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// The application's own cookie events run once, wherever they are set, and the provider's own events run as well.
/// </summary>
public sealed class CookieEventsTests
{
    private static readonly string[] _all =
    [
        "SigningIn", "SignedIn", "CheckSlidingExpiration", "ValidatePrincipal", "RedirectToLogin",
        "CheckSlidingExpiration", "ValidatePrincipal", "RedirectToAccessDenied",
        "CheckSlidingExpiration", "ValidatePrincipal", "SigningOut", "RedirectToReturnUrl",
    ];

    /// <summary>The kind of events, where they are set, and whether Binance is added before the cookie.</summary>
    public static MatrixTheoryData<string, string, bool> Events => new(
        ["delegates", "an instance", "a type"],
        ["with the cookie", "in Configure", "in PostConfigure before ours", "in PostConfigure after ours"],
        [false, true]);

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Events_of_the_application_run_once_beside_ours(string kind, string place, bool binanceComesFirst)
    {
        List<string> calls = [];
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.BinanceComesFirst = binanceComesFirst;
            setup.Services = services => services.AddScoped(_ => new RecordingEvents(calls));
            AddPages(setup);
            switch (place)
            {
                case "with the cookie":
                    setup.Cookie = SetEvents;
                    break;

                case "in Configure":
                    setup.Authentication = builder => builder.Services.Configure<CookieAuthenticationOptions>("Cookies", SetEvents);
                    break;

                case "in PostConfigure before ours":
                    setup.ServicesBefore = services => services.PostConfigure<CookieAuthenticationOptions>("Cookies", SetEvents);
                    break;

                default:
                    setup.Authentication = builder => builder.Services.PostConfigure<CookieAuthenticationOptions>("Cookies", SetEvents);
                    break;
            }
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        await browser.GetAsync("/private");
        await browser.GetAsync("/forbidden");
        var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies&to=/bye");

        Assert.Equal(_all, calls);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Revocations);
        Assert.Equal("/bye", signedOut.Location!.OriginalString);

        void SetEvents(CookieAuthenticationOptions options)
        {
            switch (kind)
            {
                case "delegates":
                    SetDelegates(options.Events, calls);
                    break;

                case "an instance":
                    options.Events = new RecordingEvents(calls);
                    break;

                default:
                    options.EventsType = typeof(RecordingEvents);
                    break;
            }
        }
    }

    [Fact]
    public async Task EventsType_is_resolved_once_per_request()
    {
        var made = 0;
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.ServicesBefore = services => services.AddTransient(_ =>
            {
                Interlocked.Increment(ref made);
                return new CookieAuthenticationEvents();
            });
            setup.Cookie = options => options.EventsType = typeof(CookieAuthenticationEvents);
        });
        var browser = site.Browser();
        await browser.SignInAsync();
        made = 0;

        await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Single(binance.Revocations);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Redirects_are_the_framework_s_when_the_application_sets_no_events()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, static setup =>
        {
            setup.LoginPath = null;
            AddPages(setup);
        });
        var browser = site.Browser();

        var login = await browser.GetAsync("/private?page=2");
        await browser.SignInAsync();
        var denied = await browser.GetAsync("/forbidden");

        Assert.Equal("https://site.example/Account/Login?ReturnUrl=%2Fprivate%3Fpage%3D2", login.Location!.OriginalString);
        Assert.Equal("https://site.example/Account/AccessDenied?ReturnUrl=%2Fforbidden", denied.Location!.OriginalString);
    }

    [Fact]
    public async Task OnSigningIn_of_the_application_can_change_the_ticket()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options
            => options.Events.OnSigningIn = context =>
            {
                context.Properties.Items["own"] = "kept";
                return Task.CompletedTask;
            });
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.Equal("kept", (await browser.SessionAsync()).Items["own"]);
    }

    private static void AddPages(SiteSetup setup)
    {
        setup.Pages["/private"] = context => context.ChallengeAsync("Cookies");
        setup.Pages["/forbidden"] = context => context.ForbidAsync("Cookies");
    }

    private static void SetDelegates(CookieAuthenticationEvents events, List<string> calls)
    {
        var next = new RecordingEvents(calls);
        events.OnSigningIn = next.SigningIn;
        events.OnSignedIn = next.SignedIn;
        events.OnCheckSlidingExpiration = next.CheckSlidingExpiration;
        events.OnValidatePrincipal = next.ValidatePrincipal;
        events.OnRedirectToLogin = next.RedirectToLogin;
        events.OnRedirectToAccessDenied = next.RedirectToAccessDenied;
        events.OnRedirectToReturnUrl = next.RedirectToReturnUrl;
        events.OnSigningOut = next.SigningOut;
    }
}
