using System.Net;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page that throws, or that has only a status: error handlers clear the headers, or execute the pipeline again. Changes of the
/// session are still written.
/// </summary>
public sealed class ErrorPageTests
{
    private static readonly Dictionary<string, Action<IApplicationBuilder>> _handlers = new()
    {
        ["exception page"] = app => app.UseExceptionHandler("/error"),
        ["exception page in a scope of its own"] = app
            => app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = true }),
        ["exception branch"] = app => app.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync("sorry"))),
        ["problem details"] = app => app.UseExceptionHandler(),
        ["developer exception page"] = app => app.UseDeveloperExceptionPage(),
    };

    private static readonly Dictionary<string, Action<IApplicationBuilder>> _statusPages = new()
    {
        ["status pages"] = app => app.UseStatusCodePages(),
        ["status pages that re-execute"] = app => app.UseStatusCodePagesWithReExecute("/status/{0}"),
        ["status pages that re-execute in a scope of their own"] = app
            => app.UseStatusCodePagesWithReExecute("/status/{0}", queryFormat: null, createScopeForStatusCodePages: true),
        ["status pages that redirect"] = app => app.UseStatusCodePagesWithRedirects("/status/{0}"),
    };

    public static MatrixTheoryData<string, SessionPlace> Handlers => new([.. _handlers.Keys], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<string, SessionPlace> StatusPages => new([.. _statusPages.Keys], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task A_page_that_throws_keeps_the_renewed_session(string handler, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(handler, sessions);
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/throws");

        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        AssertCarriesCookie(Pending.Refresh, place, error);
        var ticket = await sessions.TicketAsync(site, browser.Cookie(SiteResponse.CookieName));
        Assert.Equal(TestSite.TokenLifetime, ticket.Properties.GetTokenExpiry() - site.Clock.GetUtcNow());
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task A_page_that_throws_keeps_the_new_times_of_a_slide(string handler, SessionPlace place)
    {
        await using var site = await StartAsync(handler, new SessionStorage(place), setup => setup.Cookie = cookie
            => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(80), true));
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        var error = await browser.GetAsync("/throws");

        AssertCarriesCookie(Pending.Slide, place, error);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.SessionAsync()).Expires);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Concurrent_pages_that_throw_make_one_refresh_and_keep_the_renewed_session(string handler, SessionPlace place)
    {
        await using var site = await StartAsync(handler, new SessionStorage(place));
        var browser = await site.WithExpiredTokenAsync();

        var errors = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => browser.SendAsync("/throws")));

        foreach (var error in errors)
        {
            AssertCarriesCookie(Pending.Refresh, place, error);
            var tab = browser.Copy();
            tab.Receive(error);
            Assert.True((await tab.SessionAsync()).SignedIn);
        }

        browser.Receive(errors[^1]);
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task A_page_that_signs_out_and_throws_signs_out(string handler, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(handler, sessions, setup => setup.Pages["/sign-out-throws"] = async context =>
        {
            await context.SignOutAsync();
            throw new InvalidDataException("after the sign-out");
        });
        var browser = await site.WithExpiredTokenAsync();

        var error = await browser.GetAsync("/sign-out-throws");

        Assert.True(error.SessionCookie is null || error.DeletesSessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_in_again_and_throws_keeps_the_session(SessionPlace place)
    {
        await using var site = await StartAsync("exception branch", new SessionStorage(place), setup => setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await context.SignInAsync(session.Principal!, session.Properties);
            throw new InvalidDataException("after the sign-in");
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/again");
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(StatusPages))]
    public async Task A_page_with_only_an_error_status_keeps_the_renewed_session(string statusPages, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.BeforeAuthentication = _statusPages[statusPages];
            setup.Pages["/missing"] = context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        var missing = await browser.GetAsync("/missing");

        AssertCarriesCookie(Pending.Refresh, place, missing);
        await site.AssertRefreshedOnceAsync(browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_clears_its_response_keeps_the_renewed_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/clears"] = async context =>
            {
                context.Response.Clear();
                await context.Response.WriteAsync("begun anew", context.RequestAborted);
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        var cleared = await browser.GetAsync("/clears");

        AssertCarriesCookie(Pending.Refresh, place, cleared);
        await site.AssertRefreshedOnceAsync(browser);
    }

    private static Task<TestSite> StartAsync(
        string handler, SessionStorage sessions, Action<SiteSetup>? configure = null) => TestSite.StartAsync(setup =>
    {
        setup.Services = services =>
        {
            if (handler == "problem details")
            {
                services.AddProblemDetails();
            }
        };
        setup.BeforeAuthentication = _handlers[handler];
        setup.Pages["/throws"] = _ => throw new InvalidDataException("the page's own");
        configure?.Invoke(setup);
        sessions.Configure(setup);
    });

    private static void AssertCarriesCookie(Pending pending, SessionPlace place, SiteResponse response)
    {
        var carries = pending.IsInCookie(place);
        Assert.Equal(carries ? 1 : 0, response.SetCookies.Count(cookie => cookie.Name.Value == SiteResponse.CookieName));
        Assert.True(response.CacheControl.NoStore || !carries);
    }
}
