using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;


namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

/// <summary>
/// Sites that keep their sessions on the server, in a cache that the test can read, and shortcuts to their services.
/// </summary>
internal static class ServerSite
{
    /// <summary>The user that signs in unless a test says otherwise.</summary>
    public const string User = BinanceEmulatorDefaults.UserId;

    /// <summary>What the key of a session's entry contains.</summary>
    public const string Ticket = "AspNet.Security.OAuth.Binance:ticket:";

    public const string Generation = "AspNet.Security.OAuth.Binance:generation:";

    public const string Index = "AspNet.Security.OAuth.Binance:index:";

    /// <summary>Starts a site.</summary>
    /// <param name="configure">Changes the default set-up.</param>
    /// <param name="sessions">Sets options of the sessions.</param>
    /// <param name="cookies">The cookies that are named, if any.</param>
    public static Task<TestSite> StartAsync(
        Action<SiteSetup>? configure = null, Action<BinanceServerSessionsOptions>? sessions = null, params string[] cookies)
        => TestSite.StartAsync(setup =>
        {
            configure?.Invoke(setup);
            setup.KeepOnServer(sessions, cookies);
            setup.Add(services => services.AddSingleton<IDistributedCache>(provider => new SharedStore(provider.GetRequiredService<TimeProvider>())));
        });

    /// <summary>Starts a site with two cookies, which both keep their sessions on the server.</summary>
    public static Task<TestSite> StartWithTwoCookiesAsync()
        => StartAsync(static setup => setup.Authentication = static builder => builder.AddCookie("Other"), null, "Cookies", "Other");

    /// <summary>Starts two processes with one cache.</summary>
    public static Task<Farm> StartFarmAsync(Action<SiteSetup>? configure = null) => Farm.StartAsync(setup =>
    {
        configure?.Invoke(setup);
        setup.KeepOnServer();
    });

    /// <summary>Starts another process with the same cache and without a lock. It has to end before the first one.</summary>
    public static Task<TestSite> StartWithSameCacheAsync(this TestSite site) => site.StartNeighbourAsync(setup =>
    {
        setup.KeepOnServer();
        setup.Add(services => services.AddSingleton<IDistributedCache>(site.Store()));
    });

    /// <summary>Adds sessions on the server, and pages for their tests.</summary>
    public static void KeepOnServer(this SiteSetup setup, Action<BinanceServerSessionsOptions>? options = null, params string[] cookies)
    {
        var application = setup.Authentication;
        setup.Authentication = builder =>
        {
            application(builder);
            options ??= static _ => { };
            if (cookies.Length == 0)
            {
                builder.AddBinanceServerSessions(options);
            }

            foreach (var cookie in cookies)
            {
                builder.AddBinanceServerSessions(cookie, options);
            }
        };
        setup.AddPages();
    }

    /// <summary>Adds a page that signs in as another provider or the application does, and one that returns the id of the session.</summary>
    public static void AddPages(this SiteSetup setup)
    {
        setup.Pages["/as"] = SignInAsync;
        setup.Pages["/id"] = context => context.Response.WriteAsync(
            context.RequestServices.GetRequiredService<BinanceSessions>().GetCurrentId(context, context.Request.Query["cookie"]) ?? "none",
            context.RequestAborted);
    }

    public static void Fail(this SharedStore store)
        => store.InsteadOfRead = store.InsteadOfWrite = static () => Task.FromException(new IOException("The cache is unavailable."));

    public static void Recover(this SharedStore store) => store.InsteadOfRead = store.InsteadOfWrite = null;

    /// <summary>The application's cache.</summary>
    public static SharedStore Store(this TestSite site) => (SharedStore)site.Services.GetRequiredService<IDistributedCache>();

    public static BinanceSessions Sessions(this TestSite site) => site.Services.GetRequiredService<BinanceSessions>();

    public static Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(this TestSite site, string user = User, string scheme = "Binance")
        => site.Sessions().ListAsync(user, scheme, TestContext.Current.CancellationToken);

    public static Task<bool> EndAsync(this TestSite site, string id, string user = User, string scheme = "Binance")
        => site.Sessions().EndAsync(user, id, scheme, TestContext.Current.CancellationToken);

    public static Task EndAllAsync(this TestSite site, string user = User, string scheme = "Binance")
        => site.Sessions().EndAllAsync(user, scheme, TestContext.Current.CancellationToken);

    /// <summary>The keys of the stored sessions.</summary>
    public static IReadOnlyList<string> Tickets(this SharedStore store)
        => [.. store.Keys.Where(key => key.StartsWith(Ticket, StringComparison.Ordinal))];

    /// <summary>The response of an outage: 503 that is not cached and changes no cookie.</summary>
    public static void AssertIsUnavailable(SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), response.RetryAfter);
        Assert.True(response.CacheControl.NoStore);
        Assert.Empty(response.SetCookies);
    }

    /// <summary>The writes of sessions, so far.</summary>
    public static IReadOnlyList<(string Key, byte[] Value, TimeSpan? Life)> TicketWrites(this SharedStore store)
        => [.. store.Written.Where(entry => entry.Key.StartsWith(Ticket, StringComparison.Ordinal))];

    /// <summary>The id of the session that a browser has.</summary>
    public static async Task<string> IdAsync(this SiteBrowser browser, string? cookie = null)
        => (await browser.GetAsync("/id" + (cookie is null ? null : "?cookie=" + cookie))).Body;

    /// <summary>Makes the session's cookie persistent: the browser keeps it when it is closed.</summary>
    public static void Persist(this SiteSetup setup) => setup.Cookie += cookie => cookie.Events.OnSigningIn = context =>
    {
        context.Properties.IsPersistent = true;
        return Task.CompletedTask;
    };

    private static async Task SignInAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var properties = query.ContainsKey("again") ? (await context.AuthenticateAsync("Cookies")).Properties! : new AuthenticationProperties();
        properties.IsPersistent = query.ContainsKey("persistent");
        if (query["scheme"] is [{ } scheme])
        {
            properties.Items[".AuthScheme"] = scheme;
        }

        await context.SignInAsync(query["cookie"].FirstOrDefault("Cookies"), CookieSites.User(query["user"].ToString()), properties);
    }
}
