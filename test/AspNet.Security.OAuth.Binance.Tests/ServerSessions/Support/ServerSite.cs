using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sites that keep their sessions on the server, in a cache that the test looks into, and what tests call there.
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
    /// <param name="configure">What the test wants otherwise.</param>
    /// <param name="sessions">Sets options of the sessions.</param>
    /// <param name="cookies">The cookies that are named, if any.</param>
    public static Task<LifetimeSite> StartAsync(
        Action<LifetimeSetup>? configure = null, Action<BinanceServerSessionsOptions>? sessions = null, params string[] cookies)
        => LifetimeSite.StartAsync(setup =>
        {
            configure?.Invoke(setup);
            setup.KeepOnServer(sessions, cookies);
            setup.Add(services => services.AddSingleton<IDistributedCache>(provider => new SharedStore(provider.GetRequiredService<TimeProvider>())));
        });

    /// <summary>Starts a site with two cookies, which both keep their sessions on the server.</summary>
    public static Task<LifetimeSite> StartWithTwoCookiesAsync()
        => StartAsync(static setup => setup.Authentication = static (builder, _) => builder.AddCookie("Other"), null, "Cookies", "Other");

    /// <summary>Starts two processes with one cache.</summary>
    public static Task<Farm> StartFarmAsync(Action<LifetimeSetup>? configure = null) => Farm.StartAsync(setup =>
    {
        configure?.Invoke(setup);
        setup.KeepOnServer();
    });

    /// <summary>Adds sessions on the server, and pages for their tests.</summary>
    public static void KeepOnServer(this LifetimeSetup setup, Action<BinanceServerSessionsOptions>? options = null, params string[] cookies)
    {
        var application = setup.Authentication;
        setup.Authentication = (builder, binance) =>
        {
            application(builder, binance);
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

    /// <summary>Adds services to those of the test.</summary>
    public static void Add(this LifetimeSetup setup, Action<IServiceCollection> add)
    {
        var application = setup.Services;
        setup.Services = services =>
        {
            application(services);
            add(services);
        };
    }

    /// <summary>Adds a page that signs in as another provider does, or as the application itself, and one that names the session.</summary>
    public static void AddPages(this LifetimeSetup setup)
    {
        setup.Pages["/as"] = SignInAsync;
        setup.Pages["/id"] = context => context.Response.WriteAsync(
            context.RequestServices.GetRequiredService<BinanceSessions>().GetCurrentId(context, context.Request.Query["cookie"]) ?? "none",
            context.RequestAborted);
    }

    /// <summary>Registers the client of a second Binance scheme at the emulator.</summary>
    public static void AddSecondClient(this LifetimeSite site) => site.Emulator.Clients.Add(new()
    {
        ClientId = "second-client",
        ClientSecret = "second-secret",
        RedirectUris = ["http://localhost/signin-second"],
    });

    /// <summary>The application's cache.</summary>
    public static SharedStore Store(this LifetimeSite site) => (SharedStore)site.Services.GetRequiredService<IDistributedCache>();

    public static BinanceSessions Sessions(this LifetimeSite site) => site.Services.GetRequiredService<BinanceSessions>();

    public static Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(this LifetimeSite site, string user = User, string scheme = "Binance")
        => site.Sessions().ListAsync(user, scheme, TestContext.Current.CancellationToken);

    public static Task<bool> EndAsync(this LifetimeSite site, string id, string user = User, string scheme = "Binance")
        => site.Sessions().EndAsync(user, id, scheme, TestContext.Current.CancellationToken);

    public static Task EndAllAsync(this LifetimeSite site, string user = User, string scheme = "Binance")
        => site.Sessions().EndAllAsync(user, scheme, TestContext.Current.CancellationToken);

    /// <summary>The keys of the sessions that are there.</summary>
    public static IReadOnlyList<string> Tickets(this SharedStore store)
        => [.. store.Keys.Where(key => key.StartsWith(Ticket, StringComparison.Ordinal))];

    /// <summary>The writes of sessions, so far.</summary>
    public static IReadOnlyList<(string Key, byte[] Value, TimeSpan? Life)> TicketWrites(this SharedStore store)
        => [.. store.Written.Where(entry => entry.Key.StartsWith(Ticket, StringComparison.Ordinal))];

    /// <summary>The id of the session that a browser has.</summary>
    public static async Task<string> IdAsync(this LifetimeBrowser browser, string? cookie = null)
        => (await browser.GetAsync("/id" + (cookie is null ? null : "?cookie=" + cookie))).Body;

    /// <summary>Has the browser keep the session's cookie beyond its own end.</summary>
    public static void Persist(this LifetimeSetup setup) => setup.Cookie += cookie => cookie.Events.OnSigningIn = context =>
    {
        context.Properties.IsPersistent = true;
        return Task.CompletedTask;
    };

    private static Task SignInAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var properties = new AuthenticationProperties { IsPersistent = query.ContainsKey("persistent") };
        if (query["scheme"] is [{ } scheme])
        {
            properties.Items[".AuthScheme"] = scheme;
        }

        return context.SignInAsync(query["cookie"].FirstOrDefault("Cookies"), CookieSites.User(query["user"].ToString()), properties);
    }
}
