using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Sites as applications write them, with sessions on the server, in a cache that a test can take away.
/// </summary>
internal static class ApplicationSites
{
    public static Task<LifetimeSite> StartAsync(
        Action<LifetimeSetup>? configure = null, Action<BinanceServerSessionsOptions>? sessions = null, SharedStore? shared = null)
        => LifetimeSite.StartAsync(setup =>
        {
            setup.Authentication = (builder, _) => builder.AddBinanceServerSessions(sessions ?? (static _ => { }));
            setup.Pages["/become"] = BecomeAsync;
            configure?.Invoke(setup);
            var services = setup.Services;
            setup.Services = collection =>
            {
                services(collection);
                collection.AddSingleton<IDistributedCache>(provider => shared ?? new SharedStore(provider.GetRequiredService<TimeProvider>()));
            };
        });

    public static void Fail(this SharedStore store)
        => store.InsteadOfRead = store.InsteadOfWrite = static () => Task.FromException(new IOException("The cache is away."));

    public static void Recover(this SharedStore store) => store.InsteadOfRead = store.InsteadOfWrite = null;

    /// <summary>Sends a request with the browser's cookies, which keeps none of the answer.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this LifetimeSite site, LifetimeBrowser browser, string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(site.Address, path));
        request.Headers.TryAddWithoutValidation("Cookie", browser.CookieHeader);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        return response;
    }

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    // Signs in somebody whom no Binance scheme knows, as a page with a password does.
    private static async Task BecomeAsync(HttpContext context)
    {
        var properties = context.Request.Query.ContainsKey("again") ? (await context.AuthenticateAsync("Cookies")).Properties! : new AuthenticationProperties();
        properties.IsPersistent = context.Request.Query.ContainsKey("persistent");
        if (context.Request.Query["until"] is [{ } until])
        {
            properties.ExpiresUtc = DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture);
        }

        await context.SignInAsync("Cookies", Tests.Sessions.CookieSites.User(context.Request.Query["user"]!), properties);
    }
}
