using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The framework's server-side caches in front of pages for everybody. They decide before a response starts, and what they keep goes to
/// every next visitor.
/// </summary>
public sealed class ServerCacheTests
{
    private const string File = "/AspNet.Security.OAuth.Binance.Tests.runtimeconfig.json";

    public static TheoryData<string, bool, Pending> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool, Pending>();
            foreach (var cache in new[] { "output", "response" })
            {
                foreach (var pending in Enum.GetValues<Pending>())
                {
                    cases.Add(cache, true, pending);
                    cases.Add(cache, false, pending);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_page_with_the_session_s_cookie_is_not_kept_for_the_next_visitor(string cache, bool before, Pending pending)
    {
        await using var site = await StartAsync(cache, before, pending);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());

        var page = await browser.GetAsync("/news/slow");

        Assert.NotNull(page.SessionCookie);
        Assert.True(page.CacheControl.NoStore);
        var next = await site.Browser().GetAsync("/news/slow");
        Assert.Empty(next.SetCookies);
        Assert.Equal("news 2", next.Body);

        // The cache works: what is for everybody is kept.
        Assert.Equal("news 2", (await site.Browser().GetAsync("/news/slow")).Body);
    }

    [Theory]
    [InlineData("output", true, "/early/slow")]
    [InlineData("output", true, "/empty/slow")]
    [InlineData("response", true, "/early/slow")]
    [InlineData("response", true, "/empty/slow")]
    [InlineData("response", false, "/early/slow")]
    [InlineData("response", false, "/empty/slow")]
    public async Task A_page_that_starts_early_or_writes_nothing_is_not_kept_either(string cache, bool before, string path)
    {
        foreach (var pending in Enum.GetValues<Pending>())
        {
            await using var site = await StartAsync(cache, before, pending);
            var browser = await site.SignedInAsync();
            site.Clock.Pass(pending.Age());

            Assert.NotNull((await browser.GetAsync(path)).SessionCookie);

            var next = await site.Browser().SendAsync(path);
            Assert.Empty(next.SetCookies);
            Assert.True(next.CacheControl.Public);
        }
    }

    [Theory]
    [InlineData("output", true)]
    [InlineData("output", false)]
    [InlineData("response", true)]
    [InlineData("response", false)]
    public async Task A_static_file_with_the_session_s_cookie_is_not_kept_for_the_next_visitor(string cache, bool before)
    {
        await using var site = await StartAsync(cache, before, Pending.RefreshAndSlide);
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
    [InlineData("output")]
    [InlineData("response")]
    public async Task A_page_that_was_kept_for_everybody_has_no_cookie_for_a_due_session_and_costs_it_nothing(string cache)
    {
        await using var site = await StartAsync(cache, before: true, Pending.Refresh);
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

    private static Task<LifetimeSite> StartAsync(string cache, bool before, Pending pending) => LifetimeSite.StartAsync(setup =>
    {
        setup.Cookie = cookie => pending.Configure(cookie);
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
                OnPrepareResponse = file => ForEverybody(file.Context),
            });
        };

        var visits = 0;
        setup.Pages["/news/slow"] = context =>
        {
            ForEverybody(context);
            return context.Response.WriteAsync($"news {++visits}", context.RequestAborted);
        };
        setup.Pages["/early/slow"] = async context =>
        {
            ForEverybody(context);
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.WriteAsync("news", context.RequestAborted);
        };
        setup.Pages["/empty/slow"] = context =>
        {
            ForEverybody(context);
            return Task.CompletedTask;
        };
    });

    private static void ForEverybody(HttpContext context) => context.Response.Headers.CacheControl = "public,max-age=600";
}
