
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The framework's server-side caches in front of public pages. They decide before a response starts, and serve what they store to every
/// visitor.
/// </summary>
public sealed class ServerCacheTests
{
    private const string File = "/AspNet.Security.OAuth.Binance.Tests.runtimeconfig.json";

    /// <summary>
    /// The cache, whether it comes before the authentication, what is pending, and where the session is: on the server, with a persistent cookie.
    /// </summary>
    public static TheoryData<string, bool, Pending, SessionPlace> WithCookie => Cases(carriesCookie: true);

    public static TheoryData<string, bool, Pending, SessionPlace> WithoutCookie => Cases(carriesCookie: false);

    public static MatrixTheoryData<string, bool, SessionPlace> CachesAndPlaces
        => new(["output", "response"], [true, false], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(WithCookie))]
    public async Task A_page_with_the_session_cookie_is_not_cached(
        string cache, bool before, Pending pending, SessionPlace place)
    {
        await using var site = await StartAsync(cache, before, pending, place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var page = await browser.GetAsync("/news/slow");

        Assert.NotNull(page.SessionCookie);
        Assert.True(page.CacheControl.NoStore);
        var next = await site.Browser().GetAsync("/news/slow");
        Assert.Empty(next.SetCookies);
        Assert.Equal("news 2", next.Body);

        // The cache works: the public response is served again.
        Assert.Equal("news 2", (await site.Browser().GetAsync("/news/slow")).Body);
    }

    [Theory]
    [MemberData(nameof(WithoutCookie))]
    public async Task A_page_that_writes_only_the_stored_session_stays_cacheable_and_carries_no_cookie(
        string cache, bool before, Pending pending, SessionPlace place)
    {
        await using var site = await StartAsync(cache, before, pending, place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var page = await browser.GetAsync("/news/slow");
        var next = await site.Browser().GetAsync("/news/slow");

        Assert.Empty(page.SetCookies);
        Assert.True(page.CacheControl is { Public: true, NoStore: false });
        Assert.Empty(next.SetCookies);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData("output", true, "/early/slow")]
    [InlineData("output", true, "/empty/slow")]
    [InlineData("response", true, "/early/slow")]
    [InlineData("response", true, "/empty/slow")]
    [InlineData("response", false, "/early/slow")]
    [InlineData("response", false, "/empty/slow")]
    public async Task A_page_with_the_session_cookie_that_starts_early_or_is_empty_is_not_cached(string cache, bool before, string path)
    {
        foreach (var (_, _, pending, place) in WithCookie.Select(row => row.Data).Where(data => (data.Item1, data.Item2) == (cache, before)))
        {
            await using var site = await StartAsync(cache, before, pending, place);
            var browser = await site.SignedInAsync();
            site.Clock.Pass(pending.Age());

            Assert.NotNull((await browser.GetAsync(path)).SessionCookie);

            var next = await site.Browser().SendAsync(path);
            Assert.Empty(next.SetCookies);
            Assert.True(next.CacheControl.Public);
        }
    }

    [Theory]
    [MemberData(nameof(CachesAndPlaces))]
    public async Task A_static_file_with_the_session_cookie_is_not_cached(string cache, bool before, SessionPlace place)
    {
        await using var site = await StartAsync(cache, before, Pending.RefreshAndSlide, place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(Pending.RefreshAndSlide.Age());

        var file = await browser.GetAsync(File);
        var next = await site.Browser().GetAsync(File);

        Assert.NotNull(file.SessionCookie);
        Assert.True(file.CacheControl.NoStore);
        Assert.Empty(next.SetCookies);
        Assert.True(next.CacheControl is { Public: true, NoStore: false });
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("output", SessionPlace.Cookie)]
    [InlineData("output", SessionPlace.TicketStore)]
    [InlineData("output", SessionPlace.Server)]
    [InlineData("response", SessionPlace.Cookie)]
    [InlineData("response", SessionPlace.TicketStore)]
    [InlineData("response", SessionPlace.Server)]
    public async Task A_cached_page_carries_no_cookie_and_causes_no_refresh(string cache, SessionPlace place)
    {
        await using var site = await StartAsync(cache, before: true, Pending.Refresh, place);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(Pending.Refresh.Age());
        await site.Browser().GetAsync("/news/slow");

        var kept = await browser.GetAsync("/news/slow");

        Assert.Equal("news 1", kept.Body);
        Assert.Empty(kept.SetCookies);
        Assert.Equal(0, site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    private static TheoryData<string, bool, Pending, SessionPlace> Cases(bool carriesCookie)
    {
        var all = new MatrixTheoryData<string, bool, Pending, SessionPlace>(
            ["output", "response"], [true, false], Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>());
        return [.. all.Select(row => row.Data).Where(data => data.Item3.IsInCookie(data.Item4, persistent: true) == carriesCookie)];
    }

    private static Task<TestSite> StartAsync(string cache, bool before, Pending pending, SessionPlace place) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = cookie => pending.Configure(cookie, place);
        setup.Services = services => services
            .AddOutputCache(options => options.AddBasePolicy(policy => policy
                .With(page => page.HttpContext.Request.Path.Value is var path && (path == File || path!.EndsWith("/slow", StringComparison.Ordinal)))
                .Expire(TimeSpan.FromMinutes(10))))
            .AddResponseCaching();
        Action<IApplicationBuilder> use = cache == "output" ? app => app.UseOutputCache() : app => app.UseResponseCaching();
        setup.BeforeAuthentication = before ? use : static _ => { };
        setup.AfterAuthentication = app =>
        {
            if (!before)
            {
                use(app);
            }

            app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
                OnPrepareResponse = file => MakePublic(file.Context),
            });
        };

        var visits = 0;
        setup.Pages["/news/slow"] = context =>
        {
            MakePublic(context);
            return context.Response.WriteAsync($"news {++visits}", context.RequestAborted);
        };
        setup.Pages["/early/slow"] = async context =>
        {
            MakePublic(context);
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.WriteAsync("news", context.RequestAborted);
        };
        setup.Pages["/empty/slow"] = context =>
        {
            MakePublic(context);
            return Task.CompletedTask;
        };
        new SessionStorage(place).Configure(setup);
    });

    private static void MakePublic(HttpContext context) => context.Response.Headers.CacheControl = "public,max-age=600";
}
