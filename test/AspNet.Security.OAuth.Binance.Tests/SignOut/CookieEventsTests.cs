using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The application's own cookie events run as if ours were not there, and ours run all the same.
/// </summary>
public sealed class CookieEventsTests
{
    private static readonly string[] _all =
    [
        "SigningIn", "SignedIn", "CheckSlidingExpiration", "ValidatePrincipal", "RedirectToLogin",
        "CheckSlidingExpiration", "ValidatePrincipal", "RedirectToAccessDenied",
        "CheckSlidingExpiration", "ValidatePrincipal", "SigningOut", "RedirectToReturnUrl",
    ];

    [Fact]
    public Task Delegates_that_were_set_before_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Cookie = options => SetDelegates(options.Events, calls));

    [Fact]
    public Task Delegates_that_are_set_after_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Authentication = builder
            => builder.Services.Configure<CookieAuthenticationOptions>("Cookies", options => SetDelegates(options.Events, calls)));

    [Fact]
    public Task Delegates_that_are_set_in_a_post_configure_before_ours_run_once()
        => ExpectAsync((setup, calls) => setup.ServicesBefore = services
            => services.PostConfigure<CookieAuthenticationOptions>("Cookies", options => SetDelegates(options.Events, calls)));

    [Fact]
    public Task Delegates_that_are_set_in_a_post_configure_after_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Authentication = builder
            => builder.Services.PostConfigure<CookieAuthenticationOptions>("Cookies", options => SetDelegates(options.Events, calls)));

    [Fact]
    public Task Events_of_a_class_that_were_set_before_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Cookie = options => options.Events = new RecordingEvents(calls));

    [Fact]
    public Task Events_of_a_class_that_are_set_after_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Authentication = builder
            => builder.Services.Configure<CookieAuthenticationOptions>("Cookies", options => options.Events = new RecordingEvents(calls)));

    [Fact]
    public Task Events_of_a_class_that_are_set_in_a_post_configure_after_ours_run_once()
        => ExpectAsync((setup, calls) => setup.Authentication = builder
            => builder.Services.PostConfigure<CookieAuthenticationOptions>("Cookies", options => options.Events = new RecordingEvents(calls)));

    [Fact]
    public Task Events_from_the_container_that_were_set_before_ours_run_once()
        => ExpectAsync((setup, calls) =>
        {
            setup.ServicesBefore = services => services.AddScoped(_ => new RecordingEvents(calls));
            setup.Cookie = options => options.EventsType = typeof(RecordingEvents);
        });

    [Fact]
    public Task Events_from_the_container_that_are_set_after_ours_run_once()
        => ExpectAsync((setup, calls) =>
        {
            setup.ServicesBefore = services => services.AddScoped(_ => new RecordingEvents(calls));
            setup.Authentication = builder
                => builder.Services.Configure<CookieAuthenticationOptions>("Cookies", options => options.EventsType = typeof(RecordingEvents));
        });

    [Fact]
    public Task Events_from_the_container_that_are_set_in_a_post_configure_after_ours_run_once()
        => ExpectAsync((setup, calls) =>
        {
            setup.ServicesBefore = services => services.AddScoped(_ => new RecordingEvents(calls));
            setup.Authentication = builder
                => builder.Services.PostConfigure<CookieAuthenticationOptions>("Cookies", options => options.EventsType = typeof(RecordingEvents));
        });

    [Fact]
    public async Task Events_from_the_container_are_one_object_for_the_whole_request()
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
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        made = 0;

        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies");

        Assert.Single(binance.Revocations);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Without_events_of_its_own_an_application_gets_the_frameworks_redirects()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, AddPages);
        var browser = new SiteBrowser(site);

        using var login = await browser.GetAsync("/private?page=2");
        using var signedIn = await browser.SignInAsync();
        using var denied = await browser.GetAsync("/forbidden");

        Assert.Equal("https://site.example/Account/Login?ReturnUrl=%2Fprivate%3Fpage%3D2", login.Headers.Location!.OriginalString);
        Assert.Equal("https://site.example/Account/AccessDenied?ReturnUrl=%2Fforbidden", denied.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task An_application_may_change_the_session_in_its_own_event()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options
            => options.Events.OnSigningIn = context =>
            {
                context.Properties.Items["own"] = "kept";
                return Task.CompletedTask;
            });
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();

        Assert.Equal("kept", (await browser.SessionAsync()).Items["own"]);
    }

    private static async Task ExpectAsync(Action<SiteSetup, List<string>> configure)
    {
        List<string> calls = [];
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            AddPages(setup);
            configure(setup, calls);
        });
        var browser = new SiteBrowser(site);

        using var signedIn = await browser.SignInAsync();
        using var login = await browser.GetAsync("/private");
        using var denied = await browser.GetAsync("/forbidden");
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies&to=/bye");

        Assert.Equal(_all, calls);
        Assert.Single(binance.Revocations);
        Assert.Equal("/bye", signedOut.Headers.Location!.OriginalString);
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
