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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, TestContext.Current.CancellationToken);
        using var response = await SendAsync(HttpMethod.Get, path, fromAnotherSite, either.Token);
        var answer = await SiteAnswer.ReadAsync(response);
        site.Secrets.AddCookies(answer.SetCookies);
        return answer;
    }

    /// <summary>Sends a request with another method, whose response has not reached the browser yet.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) => SendAsync(method, path, fromAnotherSite: false, TestContext.Current.CancellationToken);

    /// <summary>The Cookie header of a request.</summary>
    public string CookieHeader(string path, bool fromAnotherSite = false) => Jar.Header(Address(path), fromAnotherSite);

    public void Receive(string path, SiteAnswer answer) => Jar.Receive(Address(path), answer.SetCookies);

    /// <summary>What the site knows of the session; the site's pages may be below a path.</summary>
    public async Task<SessionView> SessionAsync(string below = "") => (await GetAsync(below + "/session")).Session;

    /// <summary>Signs in at Binance, which asks nothing.</summary>
    public async Task<SiteAnswer> SignInAsync(string below = "", Action? beforeCallback = null)
    {
        var challenge = await GetAsync(below + "/login");
        var callback = await ConsentAsync(challenge);
        beforeCallback?.Invoke();
        var answer = await ReturnAsync(callback);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        return answer;
    }

    /// <summary>Consents at Binance, which asks nothing.</summary>
    /// <returns>The callback that Binance sends the browser to.</returns>
    public static async Task<string> ConsentAsync(SiteAnswer challenge)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var binance = new HttpClient(handler);
        using var consent = await binance.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        return consent.Headers.Location!.PathAndQuery;
    }

    /// <summary>Opens the callback: a navigation that another site starts.</summary>
    public Task<SiteAnswer> ReturnAsync(string callback) => GetAsync(callback, fromAnotherSite: true);

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

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, bool fromAnotherSite, CancellationToken stop)
    {
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(method, Address(path));
        if (Jar.Header(request.RequestUri!, fromAnotherSite) is { Length: > 0 } cookies)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        }

        return await client.SendAsync(request, stop);
    }

    // A site on Kestrel has an address of its own, without TLS.
    private Uri Address(string path) => new(site.IsInMemory ? new Uri($"https://{host}") : site.Address, path);
}
