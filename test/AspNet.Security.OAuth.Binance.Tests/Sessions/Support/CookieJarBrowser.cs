using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A browser on a site that keeps cookies as real ones do. A test can lose a response or let it arrive later.
/// </summary>
internal sealed class CookieJarBrowser(LifetimeSite site, string host = "localhost")
{
    public CookieJar Jar { get; private init; } = new(site.Clock);

    /// <summary>The session's cookie, of which there has to be exactly one.</summary>
    public JarCookie SessionCookie => Assert.Single(Jar.Named(SiteAnswer.CookieName));

    /// <summary>Whether there is anything of the session's cookie, parts of a long one included.</summary>
    public bool HasSessionCookie => Jar.Names.Any(name => name.StartsWith(SiteAnswer.CookieName, StringComparison.Ordinal));

    /// <summary>Another browser with the cookies that this one has now.</summary>
    public CookieJarBrowser Copy() => new(site, host) { Jar = Jar.Copy() };

    /// <summary>This browser, whose requests reach another process of the site.</summary>
    public CookieJarBrowser At(LifetimeSite process) => new(process, host) { Jar = Jar };

    /// <summary>Opens a page, and keeps the cookies that the response sets.</summary>
    public async Task<SiteAnswer> GetAsync(string path, bool fromAnotherSite = false)
    {
        var answer = await SendAsync(path, fromAnotherSite);
        Receive(path, answer);
        return answer;
    }

    /// <summary>Opens a page, whose response has not reached the browser yet.</summary>
    public Task<SiteAnswer> SendAsync(string path, bool fromAnotherSite = false) => SendUntilAsync(path, CancellationToken.None, fromAnotherSite);

    /// <summary>Opens a page, and closes the connection when told so.</summary>
    public async Task<SiteAnswer> SendUntilAsync(string path, CancellationToken aborted, bool fromAnotherSite = false)
    {
        using var client = new HttpClient(site.Server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        if (Jar.Header(request.RequestUri!, fromAnotherSite) is { Length: > 0 } cookies)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, TestContext.Current.CancellationToken);
        using var response = await client.SendAsync(request, either.Token);
        var answer = await SiteAnswer.ReadAsync(response);
        site.Secrets.AddCookies(answer.SetCookies);
        return answer;
    }

    public void Receive(string path, SiteAnswer answer) => Jar.Receive(Address(path), answer.SetCookies);

    /// <summary>What the site knows of the session; the site's pages may be below a path.</summary>
    public async Task<SessionView> SessionAsync(string below = "") => (await GetAsync(below + "/session")).Session;

    /// <summary>Signs in at Binance, which asks nothing. The callback is a navigation that another site starts.</summary>
    public async Task<SiteAnswer> SignInAsync(string below = "", Action? beforeCallback = null)
    {
        var challenge = await GetAsync(below + "/login");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var binance = new HttpClient(handler);
        using var consent = await binance.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        beforeCallback?.Invoke();
        var answer = await GetAsync(consent.Headers.Location!.PathAndQuery, fromAnotherSite: true);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        return answer;
    }

    /// <summary>Lets the preset client of a site's emulator return to the callbacks below these addresses as well.</summary>
    public static void AllowCallbacks(LifetimeSite site, params string[] below)
    {
        var preset = site.Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId)!;
        site.Emulator.Clients.Remove(preset.ClientId);
        site.Emulator.Clients.Add(new()
        {
            ClientId = preset.ClientId,
            ClientSecret = preset.ClientSecret,
            RedirectUris = [.. preset.RedirectUris, .. below.Select(address => address + "/signin-binance")],
        });
    }

    private Uri Address(string path) => new(new Uri($"https://{host}"), path);
}
