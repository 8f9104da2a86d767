using System.Net.Http.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A browser on a test site: it keeps cookies for the paths that they are for, and follows no redirect unless a test says so.
/// </summary>
internal sealed class SiteBrowser(TestSite site, string origin = "https://site.example")
{
    public const string Code = "cf6941ae8918b6a008f1377f36a4557ab5935b36";

    private const int RedirectLimit = 20;

    public Dictionary<string, SetCookieHeaderValue> Cookies { get; } = [];

    /// <summary>Cancelled when the browser goes away.</summary>
    public CancellationToken Aborted { get; init; } = TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var url = new Uri(new Uri(origin), path);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.TryAddWithoutValidation("Cookie", CookieHeader(url.AbsolutePath));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var client = new HttpClient(site.Server.CreateHandler());
        var response = await client.SendAsync(request, Aborted);
        Keep(response);
        return response;
    }

    /// <summary>Starts a sign-in and returns where Binance is asked.</summary>
    public async Task<AuthorizeRequest> ChallengeAsync(string loginPath = "/login")
    {
        using var response = await GetAsync(loginPath);
        return new AuthorizeRequest(response.Headers.Location!);
    }

    /// <summary>Comes back from Binance with what a test gives.</summary>
    public Task<HttpResponseMessage> ComeBackAsync(Dictionary<string, string?> query, string callbackPath = "/signin-binance")
        => GetAsync(QueryHelpers.AddQueryString(callbackPath, query));

    /// <summary>The address at which Binance sends a browser back with a code.</summary>
    public static string CallbackOf(AuthorizeRequest request, string callbackPath = "/signin-binance")
        => QueryHelpers.AddQueryString(callbackPath, new Dictionary<string, string?> { ["code"] = Code, ["state"] = request.State });

    public Task<HttpResponseMessage> ComeBackWithCodeAsync(AuthorizeRequest request, string callbackPath = "/signin-binance")
        => GetAsync(CallbackOf(request, callbackPath));

    /// <summary>Starts a sign-in, consents, and returns what the site answers to the browser's return.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string returnUrl = "/")
        => await ComeBackWithCodeAsync(await ChallengeAsync(QueryHelpers.AddQueryString("/login", "returnUrl", returnUrl)));

    /// <summary>Opens a page and follows redirects, as a browser does. Binance asks nothing, because the user has decided before.</summary>
    /// <param name="path">The page.</param>
    /// <param name="decide">Returns the callback that Binance sends the browser to.</param>
    public async Task<HttpResponseMessage> FollowAsync(string path, Func<AuthorizeRequest, string> decide)
    {
        for (var i = 0; i < RedirectLimit; i++)
        {
            var response = await GetAsync(path);
            if (response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            path = location.OriginalString is ['/', ..] local ? local
                : location.GetLeftPart(UriPartial.Authority) == origin ? location.PathAndQuery
                : decide(new AuthorizeRequest(location));
        }

        throw new InvalidOperationException($"There are more than {RedirectLimit} redirects. The last one is to {path}.");
    }

    /// <param name="scheme">The scheme of the session, or <see langword="null"/> for the default one.</param>
    public async Task<Session> SessionAsync(string? scheme = null)
    {
        using var response = await GetAsync(scheme is null ? "/session" : $"/session?scheme={scheme}");
        return (await response.Content.ReadFromJsonAsync<Session>(TestContext.Current.CancellationToken))!;
    }

    /// <summary>The cookies that a request for a path carries.</summary>
    public string CookieHeader(string path) => string.Join("; ", Cookies.Values
        .Where(cookie => path.StartsWith(cookie.Path.Value ?? "/", StringComparison.Ordinal))
        .Where(cookie => cookie.Expires is null || cookie.Expires > site.Time.GetUtcNow())
        .Select(cookie => $"{cookie.Name}={cookie.Value}"));

    private void Keep(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var values))
        {
            return;
        }

        foreach (var cookie in SetCookieHeaderValue.ParseList([.. values]))
        {
            var name = cookie.Name.Value!;
            if (cookie.Expires <= site.Time.GetUtcNow())
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = cookie;
            }
        }
    }
}
