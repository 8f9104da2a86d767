using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page or file that is cacheable by its own headers. No cache may store a response that sets a session's cookie (RFC 9111 section 7.3).
/// </summary>
public sealed class CachedPageTests
{
    private const string PublicCache = "public,max-age=600";
    private const string File = "/AspNet.Security.OAuth.Binance.Tests.runtimeconfig.json";

    /// <summary>What is pending, where the session is, whether its cookie is persistent.</summary>
    public static MatrixTheoryData<Pending, SessionPlace, bool> Requests
        => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>(), [false, true]);

    public static MatrixTheoryData<string, SessionPlace> SignInsAndOuts
        => new(["/sign-out-of-news", "/sign-in-to-news"], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<string, SessionPlace> Paths => new(["/news/slow", File], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_public_page_that_carries_the_session_cookie_is_not_cacheable(
        Pending pending, SessionPlace place, bool persistent)
    {
        await using var site = await StartAsync(pending, place, persistent);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var page = await browser.GetAsync("/news/slow");

        AssertNotCacheableWithCookie(page, pending.IsInCookie(place, persistent));
        Assert.Equal(pending is Pending.Refresh or Pending.RefreshAndSlide ? 1 : 0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_public_file_that_carries_the_session_cookie_is_not_cacheable(
        Pending pending, SessionPlace place, bool persistent)
    {
        await using var site = await StartAsync(pending, place, persistent);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var file = await browser.GetAsync(File);

        Assert.Contains("runtimeOptions", file.Body, StringComparison.Ordinal);
        AssertNotCacheableWithCookie(file, pending is not Pending.Renewal && pending.IsInCookie(place, persistent));
    }

    [Theory]
    [MemberData(nameof(SignInsAndOuts))]
    public async Task A_public_page_that_signs_in_or_out_is_not_cacheable(string path, SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Refresh, place);
        var browser = await site.SignedInAsync();

        var page = await browser.GetAsync(path);

        AssertNotCacheableWithCookie(page, carriesCookie: true);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_public_page_that_starts_its_response_early_is_not_cacheable(SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Refresh, place);
        var browser = await site.WithExpiredTokenAsync();

        var page = await browser.GetAsync("/early-news");

        AssertNotCacheableWithCookie(page, Pending.Refresh.IsInCookie(place));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_without_the_session_cookie_keeps_the_application_s_cache_headers(string path, SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Refresh, place);
        var browser = await site.SignedInAsync();

        var page = await browser.GetAsync(path);

        Assert.Null(page.SessionCookie);
        Assert.True(page.CacheControl is { Public: true, NoStore: false });
        Assert.Equal(TimeSpan.FromMinutes(10), page.CacheControl.MaxAge);
    }

    [Fact]
    public async Task A_public_page_that_deletes_the_cookie_of_an_ended_session_is_not_cacheable()
    {
        await using var site = await StartAsync(Pending.Refresh, SessionPlace.Cookie);
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();
        await browser.GetAsync("/sign-out");

        var page = await copy.GetAsync("/news/slow");

        Assert.True(page.DeletesSessionCookie);
        AssertNotCacheableWithCookie(page, carriesCookie: true);
    }

    private static Task<TestSite> StartAsync(Pending pending, SessionPlace place, bool persistent = false)
        => TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                pending.Configure(cookie);
                if (persistent)
                {
                    cookie.Persist();
                }
            };
            setup.AfterAuthentication = app => app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = PublicCache,
            });
            setup.Pages["/news/slow"] = NewsAsync;
            setup.Pages["/early-news"] = async context =>
            {
                context.Response.Headers.CacheControl = PublicCache;
                await context.Response.StartAsync(context.RequestAborted);
                await context.Response.WriteAsync("news", context.RequestAborted);
            };
            setup.Pages["/sign-out-of-news"] = async context =>
            {
                await context.SignOutAsync();
                await NewsAsync(context);
            };
            setup.Pages["/sign-in-to-news"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
                await NewsAsync(context);
            };
            new SessionStorage(place).Configure(setup);
        });

    private static Task NewsAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = PublicCache;
        return context.Response.WriteAsync("news", context.RequestAborted);
    }

    // Without the cookie, the cache headers are those of the application.
    private static void AssertNotCacheableWithCookie(SiteResponse response, bool carriesCookie)
    {
        Assert.Equal(carriesCookie ? 1 : 0, response.SetCookies.Count);
        Assert.Equal((carriesCookie, !carriesCookie), (response.CacheControl.NoStore, response.CacheControl.Public));
        Assert.Equal(carriesCookie ? null : TimeSpan.FromMinutes(10), response.CacheControl.MaxAge);
        Assert.Equal(carriesCookie ? "no-cache" : "", response.Header("Pragma"));
    }
}
