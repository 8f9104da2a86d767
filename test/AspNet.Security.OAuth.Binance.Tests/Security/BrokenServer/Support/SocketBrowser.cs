using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// A browser with cookies of its own. It follows no redirect by itself.
/// </summary>
/// <param name="http">Makes its requests; it must keep no cookies and follow no redirects.</param>
/// <param name="site">Where the site is.</param>
/// <param name="time">The time by which cookies expire.</param>
/// <param name="userId">Who sits in front of it.</param>
internal sealed class SocketBrowser(HttpClient http, Uri site, TimeProvider time, string userId)
{
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The names of the cookies that it has.</summary>
    public IReadOnlyCollection<string> Cookies => _cookies.Keys;

    public string UserId => userId;

    /// <summary>A client as such a browser needs it.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<SocketAnswer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site, path));
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var values) ? SetCookieHeaderValue.ParseList([.. values]) : [];
        foreach (var cookie in cookies)
        {
            if (cookie.Expires <= time.GetUtcNow())
            {
                _cookies.Remove(cookie.Name.Value!);
            }
            else
            {
                _cookies[cookie.Name.Value!] = cookie.Value.Value!;
            }
        }

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new SocketAnswer(response.StatusCode, response.Headers.Location?.OriginalString, body, cookies.Count > 0);
    }

    /// <summary>Starts a sign-in and has Binance decide at once.</summary>
    /// <param name="returnUrl">What the user wants to open.</param>
    /// <param name="refuse">Whether the user says no.</param>
    /// <returns>The path with which the browser comes back, which it has not opened yet.</returns>
    public async Task<string> ReachCallbackAsync(string returnUrl, bool refuse = false)
    {
        var challenge = await GetAsync("/login?returnUrl=" + Uri.EscapeDataString(returnUrl));
        var url = QueryHelpers.AddQueryString(challenge.Location!, refuse ? "emulator_decision" : "emulator_user", refuse ? "deny" : userId);
        using var decided = await http.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        return decided.Headers.Location!.PathAndQuery;
    }

    /// <summary>Signs in, and returns what the site answers to the browser's return.</summary>
    public async Task<SocketAnswer> SignInAsync(string returnUrl = "/") => await GetAsync(await ReachCallbackAsync(returnUrl));

    public async Task<Session> SessionAsync() => (await GetAsync("/session")).Session;
}

/// <summary>
/// What the site answered.
/// </summary>
internal sealed record SocketAnswer(HttpStatusCode Status, string? Location, string Body, bool SetsCookies)
{
    /// <summary>What the session page wrote.</summary>
    public Session Session => JsonSerializer.Deserialize<Session>(Body, JsonSerializerOptions.Web)!;
}
