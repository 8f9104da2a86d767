using System.Net.Http.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A browser on a test site: it keeps cookies for the paths that they are for, and follows no redirect by itself.
/// </summary>
internal sealed class SiteBrowser(TestSite site, string origin = "https://site.example")
{
    public const string Code = "cf6941ae8918b6a008f1377f36a4557ab5935b36";

    public Dictionary<string, SetCookieHeaderValue> Cookies { get; } = [];

    /// <summary>Cancelled when the browser goes away.</summary>
    public CancellationToken Aborted { get; init; } = TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> GetAsync(string path)
    {
        var url = new Uri(new Uri(origin), path);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Cookie", CookieHeader(url.AbsolutePath));

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

    public Task<HttpResponseMessage> ComeBackWithCodeAsync(AuthorizeRequest request, string callbackPath = "/signin-binance")
        => ComeBackAsync(new() { ["code"] = Code, ["state"] = request.State }, callbackPath);

    /// <summary>Starts a sign-in, consents, and returns what the site answers to the browser's return.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string returnUrl = "/")
        => await ComeBackWithCodeAsync(await ChallengeAsync(QueryHelpers.AddQueryString("/login", "returnUrl", returnUrl)));

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
