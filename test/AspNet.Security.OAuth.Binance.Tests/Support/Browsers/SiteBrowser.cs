using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Browsers;

/// <summary>
/// A browser on a site. It follows no redirect by itself, and a test can lose or delay a response.
/// </summary>
internal sealed class SiteBrowser
{
    /// <summary>The code that a server with hand-made responses accepts.</summary>
    public const string Code = "cf6941ae8918b6a008f1377f36a4557ab5935b36";

    private const string CallbackPath = "/signin-binance";
    private const int RedirectLimit = 20;

    private readonly TestSite? _site;
    private readonly Uri _address;
    private readonly HttpClient _http;

    /// <param name="site">The site.</param>
    /// <param name="origin">Under which address it is opened, if not under <see cref="TestSite.Address"/>.</param>
    public SiteBrowser(TestSite site, string? origin = null)
        : this(origin is null ? site.Address : new(origin), site.Time, site.BrowserHandler)
        => _site = site;

    /// <param name="address">Where the site is.</param>
    /// <param name="time">The time by which cookies expire.</param>
    /// <param name="handler">Sends the requests; it keeps no cookies and follows no redirects. The browser does not dispose of it.</param>
    public SiteBrowser(Uri address, TimeProvider time, HttpMessageHandler handler)
        => (_address, _http, Jar) = (address, new(handler, disposeHandler: false), new CookieJar(time));

    public CookieJar Jar { get; private init; }

    /// <summary>Aborts every request of the browser.</summary>
    public CancellationToken Aborted { get; init; } = TestContext.Current.CancellationToken;

    /// <summary>The user that consents at the emulator; <see langword="null"/> is its first.</summary>
    public string? UserId { get; set; }

    /// <summary>Whether the browser has the session's cookie, or any part of one that was split because of its length.</summary>
    public bool HasSessionCookie => Jar.Names.Any(name => name.StartsWith(SiteResponse.CookieName, StringComparison.Ordinal));

    /// <summary>The session's cookie, of which there has to be exactly one.</summary>
    public JarCookie SessionCookie => Assert.Single(Jar.Named(SiteResponse.CookieName));

    public bool HasCookie(string name) => Jar.Named(name).Count > 0;

    /// <summary>The value of a cookie, of which there has to be exactly one.</summary>
    public string Cookie(string name) => Assert.Single(Jar.Named(name)).Value;

    /// <summary>Sets a cookie, as an attacker who can write to the browser.</summary>
    public void SetCookie(string name, string value) => Jar.Receive(_address, [new SetCookieHeaderValue(name, value) { Path = "/" }]);

    /// <summary>The Cookie header of a request.</summary>
    public string CookieHeader(string path = "/", bool fromAnotherSite = false) => Jar.Header(new Uri(_address, path), fromAnotherSite);

    /// <summary>Another browser with the cookies that this one has now, perhaps on another process of the site.</summary>
    public SiteBrowser Copy(TestSite? at = null) => With(at, Jar.Copy());

    /// <summary>This browser, whose requests reach another process of the site.</summary>
    public SiteBrowser At(TestSite process) => With(process, Jar);

    /// <summary>Opens a page, and receives the cookies that the response sets.</summary>
    public Task<SiteResponse> GetAsync(string path, params (string Name, string Value)[] headers) => RequestAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Opens a page, perhaps by a navigation that another site started.</summary>
    public async Task<SiteResponse> GetAsync(string path, bool fromAnotherSite) => Receive(await SendAsync(path, fromAnotherSite));

    /// <summary>Sends a form without fields.</summary>
    public Task<SiteResponse> PostAsync(string path) => RequestAsync(HttpMethod.Post, path);

    /// <summary>Submits a form.</summary>
    public async Task<SiteResponse> SubmitAsync(string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await RequestAsync(HttpMethod.Post, path, form, headers);
    }

    /// <summary>Sends a request, and receives the cookies that the response sets.</summary>
    public async Task<SiteResponse> RequestAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
        => Receive(await SendAsync(method, path, content, headers));

    /// <summary>Opens a page, whose response has not reached the browser yet.</summary>
    public Task<SiteResponse> SendAsync(string path, bool fromAnotherSite = false)
        => ExchangeAsync(HttpMethod.Get, path, null, [], fromAnotherSite, CancellationToken.None);

    /// <summary>Opens a page in a request that can be aborted. Its response has not reached the browser yet.</summary>
    public Task<SiteResponse> SendUntilAsync(string path, CancellationToken aborted) => ExchangeAsync(HttpMethod.Get, path, null, [], fromAnotherSite: false, aborted);

    /// <summary>Sends a request, whose response has not reached the browser yet.</summary>
    public Task<SiteResponse> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
        => ExchangeAsync(method, path, content, headers, fromAnotherSite: false, CancellationToken.None);

    /// <summary>Receives a response: keeps the cookies that it sets.</summary>
    public SiteResponse Receive(SiteResponse response)
    {
        Jar.Receive(response.Address, response.SetCookies);
        return response;
    }

    /// <summary>Sends concurrent requests with the present cookies; the browser receives all responses.</summary>
    public async Task<IReadOnlyList<SiteResponse>> SendManyAsync(int count)
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => SendAsync("/session"))));
        return [.. responses.Select(Receive)];
    }

    /// <summary>Starts a sign-in and returns the request that goes to Binance.</summary>
    public async Task<AuthorizeRequest> ChallengeAsync(string login = "/login") => new((await GetAsync(login)).Location!);

    /// <summary>Starts a sign-in, and gets Binance's decision. Without an emulator it is a code.</summary>
    /// <returns>The callback that Binance sends the browser to.</returns>
    public async Task<string> ConsentAsync(string? returnUrl = null, string? scheme = null, string login = "/login", bool denies = false)
    {
        var query = new Dictionary<string, string?> { ["returnUrl"] = returnUrl, ["scheme"] = scheme };
        return await DecideAsync(await ChallengeAsync(QueryHelpers.AddQueryString(login, query.Where(parameter => parameter.Value is not null))), denies);
    }

    /// <summary>Gets Binance's decision about a request. Without an emulator it is a code.</summary>
    /// <returns>The callback that Binance sends the browser to.</returns>
    public async Task<string> DecideAsync(AuthorizeRequest request, bool denies = false)
    {
        if (_site is { HasEmulator: false })
        {
            return CallbackOf(request, request.RedirectPath);
        }

        return (await OpenAuthorizeAsync(request.Url, UserId, denies))!.PathAndQuery;
    }

    /// <summary>Opens an authorize URL of an emulator, whose user decides at once.</summary>
    /// <returns>Where the emulator redirects to, or <see langword="null"/> if it shows a page.</returns>
    public static async Task<Uri?> OpenAuthorizeAsync(Uri authorize, string? userId, bool denies = false)
    {
        var query = new Dictionary<string, string?> { ["emulator_user"] = denies ? null : userId, ["emulator_decision"] = denies ? "deny" : null };
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null };
        using var binance = new HttpClient(handler);
        var url = QueryHelpers.AddQueryString(authorize.AbsoluteUri, query.Where(parameter => parameter.Value is not null));
        using var response = await binance.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        return response.Headers.Location;
    }

    /// <summary>The callback with which Binance sends a browser back with <see cref="Code"/>.</summary>
    public static string CallbackOf(AuthorizeRequest request, string callbackPath = CallbackPath)
        => QueryHelpers.AddQueryString(callbackPath, new Dictionary<string, string?> { ["code"] = Code, ["state"] = request.State });

    /// <summary>Delivers a callback by a navigation that began at Binance. The response has not reached the browser yet.</summary>
    public Task<SiteResponse> DeliverCallbackAsync(string callback) => SendAsync(callback, fromAnotherSite: true);

    /// <summary>Delivers a callback in a request that can be aborted.</summary>
    public Task<SiteResponse> DeliverCallbackUntilAsync(string callback, CancellationToken aborted)
        => ExchangeAsync(HttpMethod.Get, callback, null, [], fromAnotherSite: true, aborted);

    /// <summary>Returns from Binance with a callback.</summary>
    public async Task<SiteResponse> ReturnFromBinanceAsync(string callback) => Receive(await DeliverCallbackAsync(callback));

    /// <summary>Returns from Binance with a query.</summary>
    public Task<SiteResponse> ReturnWithQueryAsync(Dictionary<string, string?> query, string callbackPath = CallbackPath)
        => ReturnFromBinanceAsync(QueryHelpers.AddQueryString(callbackPath, query));

    /// <summary>Returns from Binance with <see cref="Code"/>.</summary>
    public Task<SiteResponse> ReturnWithCodeAsync(AuthorizeRequest request, string callbackPath = CallbackPath)
        => ReturnFromBinanceAsync(CallbackOf(request, callbackPath));

    /// <summary>The code in a callback.</summary>
    public static string CodeIn(string callback) => QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..])["code"].Single()!;

    /// <summary>Signs in as a user of the emulator.</summary>
    public Task<SiteResponse> SignInAsAsync(string userId)
    {
        UserId = userId;
        return SignInAsync();
    }

    /// <summary>Signs in: the callback redirects in the end.</summary>
    public async Task<SiteResponse> SignInAsync(string? returnUrl = null, string? scheme = null, string login = "/login")
    {
        var response = await TrySignInAsync(returnUrl, scheme, login);
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        return response;
    }

    /// <summary>Signs in, and returns the response to the callback, whatever it is.</summary>
    public async Task<SiteResponse> TrySignInAsync(string? returnUrl = null, string? scheme = null, string login = "/login")
        => await ReturnFromBinanceAsync(await ConsentAsync(returnUrl, scheme, login));

    /// <summary>Signs in with a ticket that a test has made.</summary>
    public async Task AdoptAsync(AuthenticationProperties ticket, string cookie = "Cookies")
    {
        var name = Guid.NewGuid().ToString("N");
        _site!.Tickets[name] = ticket;
        await GetAsync($"/adopt?scheme={cookie}&ticket={name}");
    }

    /// <param name="scheme">The scheme of the session, or <see langword="null"/> for the default one.</param>
    /// <param name="below">The path that the site's pages are below.</param>
    public async Task<SiteSession> SessionAsync(string? scheme = null, string below = "")
        => (await GetAsync(below + (scheme is null ? "/session" : $"/session?scheme={scheme}"))).Session;

    /// <summary>Opens a page and follows redirects, as a browser does.</summary>
    /// <param name="path">The page.</param>
    /// <param name="decide">Returns the callback that Binance sends the browser to.</param>
    public async Task<SiteResponse> FollowAsync(string path, Func<AuthorizeRequest, string> decide)
    {
        for (var i = 0; i < RedirectLimit; i++)
        {
            var response = await GetAsync(path);
            if (response.Location is not { } location)
            {
                return response;
            }

            path = location.OriginalString is ['/', ..] local ? local
                : location.GetLeftPart(UriPartial.Authority) == _address.GetLeftPart(UriPartial.Authority) ? location.PathAndQuery
                : decide(new AuthorizeRequest(location));
        }

        throw new InvalidOperationException($"There are more than {RedirectLimit} redirects. The last one is to {path}.");
    }

    private SiteBrowser With(TestSite? process, CookieJar jar)
        => new(process ?? _site!, _address == (process ?? _site!).Address || !(process ?? _site!).IsInMemory ? null : _address.OriginalString) { Jar = jar, UserId = UserId };

    private async Task<SiteResponse> ExchangeAsync(
        HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers, bool fromAnotherSite, CancellationToken aborted)
    {
        var url = new Uri(_address, path);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        if (Jar.Header(url, fromAnotherSite) is { Length: > 0 } cookies)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Cookie, cookies);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, Aborted);
        using var message = await _http.SendAsync(request, either.Token);
        var response = await SiteResponse.ReadAsync(message);
        _site?.AddSecrets(response);
        return response;
    }
}
