using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page or file that asks caches to keep it. A response with a session's cookie must not be kept by any, whoever set its headers last.
/// </summary>
public sealed class CachedPageTests
{
    private const string ForEverybody = "public,max-age=600";
    private const string File = "/AspNet.Security.OAuth.Binance.Tests.runtimeconfig.json";

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task A_page_for_everybody_is_kept_by_no_cache_when_it_carries_the_session_s_cookie(Pending pending)
    {
        await using var site = await StartAsync(pending);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var page = await browser.GetAsync("/news/slow");

        Assert.Single(page.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        AssertKeptByNone(page);
    }

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    public async Task A_static_file_for_everybody_is_kept_by_no_cache_when_it_carries_the_session_s_cookie(Pending pending)
    {
        await using var site = await StartAsync(pending);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var file = await browser.GetAsync(File);

        Assert.Contains("runtimeOptions", file.Body, StringComparison.Ordinal);
        Assert.Single(file.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        AssertKeptByNone(file);
    }

    [Theory]
    [InlineData("/sign-out-of-news")]
    [InlineData("/sign-in-to-news")]
    public async Task A_page_for_everybody_that_signs_in_or_out_is_kept_by_no_cache(string path)
    {
        await using var site = await StartAsync(Pending.Refresh);
        var browser = await site.SignedInAsync();

        var page = await browser.GetAsync(path);

        Assert.NotNull(page.SessionCookie);
        AssertKeptByNone(page);
    }

    [Fact]
    public async Task A_page_that_starts_its_response_before_it_writes_is_kept_by_no_cache_either()
    {
        await using var site = await StartAsync(Pending.Refresh);
        var browser = await site.WithExpiredTokenAsync();

        var page = await browser.GetAsync("/early-news");

        Assert.NotNull(page.SessionCookie);
        AssertKeptByNone(page);
    }

    [Theory]
    [InlineData("/news/slow")]
    [InlineData(File)]
    public async Task A_page_without_the_session_s_cookie_is_cached_as_the_application_says(string path)
    {
        await using var site = await StartAsync(Pending.Refresh);
        var browser = await site.SignedInAsync();

        var page = await browser.GetAsync(path);

        Assert.Null(page.SessionCookie);
        Assert.True(page.CacheControl is { Public: true, NoStore: false });
        Assert.Equal(TimeSpan.FromMinutes(10), page.CacheControl.MaxAge);
    }

    [Fact]
    public async Task A_refresh_of_a_stored_session_writes_no_cookie_and_leaves_the_page_s_caching_alone()
    {
        await using var site = await StartAsync(Pending.Refresh, new MemoryTicketStore());
        var browser = await site.WithExpiredTokenAsync();

        var page = await browser.GetAsync("/news/slow");

        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(page.SetCookies);
        Assert.True(page.CacheControl is { Public: true, NoStore: false });
    }

    private static Task<LifetimeSite> StartAsync(Pending pending, ITicketStore? store = null)
        => LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                pending.Configure(cookie);
                cookie.SessionStore = store;
            };
            setup.AfterAuthentication = app => app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = ForEverybody,
            });
            setup.Pages["/news/slow"] = NewsAsync;
            setup.Pages["/early-news"] = async context =>
            {
                context.Response.Headers.CacheControl = ForEverybody;
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
        });

    private static Task NewsAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = ForEverybody;
        return context.Response.WriteAsync("news", context.RequestAborted);
    }

    private static void AssertKeptByNone(SiteAnswer answer)
    {
        Assert.True(answer.CacheControl.NoStore);
        Assert.False(answer.CacheControl.Public);
        Assert.Null(answer.CacheControl.MaxAge);
    }
}
