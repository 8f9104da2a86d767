using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A browser with its cookies, behind a load balancer: the test chooses the process of each request.
/// </summary>
internal sealed partial class FarmBrowser(WebFarm farm, HttpClient http)
{
    public const string SessionCookie = "__Host-SampleWeb";

    private readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    /// <summary>The session cookie that the browser holds.</summary>
    public string? Session
    {
        get => _cookies.GetValueOrDefault(SessionCookie);
        set => _cookies[SessionCookie] = value!;
    }

    /// <summary>The values of all cookies that a site has set.</summary>
    public List<string> CookiesSeen { get; } = [];

    /// <summary>Stores the session cookie of the last of these responses that set one.</summary>
    public void Take(IEnumerable<SiteResponse> responses)
        => Session = responses.LastOrDefault(response => response.Session is { Length: > 0 })?.Session ?? Session;

    public Task<SiteResponse> GetAsync(FarmSite site, string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, path)), keep: true);

    /// <summary>Requests <c>/api/me</c> with a given session cookie, and does not store the response's cookies.</summary>
    public Task<SiteResponse> GetMeAsync(FarmSite site, string session)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/api/me"));
        request.Headers.Add("Cookie", $"{SessionCookie}={session}");
        return SendAsync(request, keep: false);
    }

    /// <summary>Signs in: starts on one process and finishes on another.</summary>
    public async Task SignInAsync(FarmSite start, FarmSite end) => await FollowCallbackAsync(end, await ConsentAsync(start));

    /// <summary>Begins to sign in on one process, and consents.</summary>
    /// <returns>The callback to which Binance redirects the browser.</returns>
    public async Task<string> ConsentAsync(FarmSite start)
    {
        var challenge = await GetAsync(start, "/account/login");
        Assert.Equal(HttpStatusCode.Redirect, challenge.Status);

        using var approved = await http.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        var callback = approved.Headers.Location!;
        Assert.Equal($"https://{WebFarm.Host}/signin-binance", callback.GetLeftPart(UriPartial.Path));
        return callback.PathAndQuery;
    }

    /// <summary>Requests the callback from a process, and stores the cookies of the response unless it is lost.</summary>
    public async Task FollowCallbackAsync(FarmSite end, string callback, bool isLost = false)
    {
        var arrived = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(end.Address, callback)), keep: !isLost);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (arrived.Status, arrived.Location!.OriginalString));
    }

    /// <summary>Signs in, and lets the tokens expire, so that the next request refreshes them.</summary>
    public async Task SignInWithExpiredTokensAsync(FarmSite site)
    {
        await SignInAsync(site, site);
        await ExpireTokensAsync();
    }

    /// <summary>Lets the tokens of the session expire.</summary>
    public Task ExpireTokensAsync() => ExpireInAsync(TimeSpan.FromHours(-1));

    /// <summary>Makes the tokens of the session due for a refresh, and valid for four more minutes.</summary>
    public Task MakeTokensDueAsync() => ExpireInAsync(TimeSpan.FromMinutes(4));

    /// <summary>Makes the tokens of the session valid for less than a minute, in which a process refreshes without Redis.</summary>
    public Task MakeTokensExpireSoonAsync() => ExpireInAsync(TimeSpan.FromSeconds(50));

    /// <summary>Makes the tokens of the session expired, or due and still valid.</summary>
    public Task MakeTokensDueAsync(bool expired) => expired ? ExpireTokensAsync() : MakeTokensDueAsync();

    /// <summary>Loads the profile from one process, and submits its sign-out form to another.</summary>
    public Task<SiteResponse> SignOutAsync(FarmSite page, FarmSite target) => SubmitAsync(page, target, "/account/logout");

    /// <summary>Loads the profile from one process, and submits the form that ends another session to another process.</summary>
    public Task<SiteResponse> SignOutOtherAsync(FarmSite page, FarmSite target) => SubmitAsync(page, target, "/sessions/end");

    /// <summary>Loads the profile from one process, and submits the form that ends all sessions to another.</summary>
    public Task<SiteResponse> SignOutEverywhereAsync(FarmSite page, FarmSite target) => SubmitAsync(page, target, "/sessions/end-all");

    /// <summary>Finds a form on the profile page of one process.</summary>
    /// <returns>Its hidden fields.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> FormAsync(FarmSite page, string action)
    {
        var body = (await GetAsync(page, "/profile")).Body;
        var form = Assert.Single(Form().Matches(body), form => form.Groups["action"].Value == action);
        return [.. HiddenField().Matches(form.Value)
            .Select(field => KeyValuePair.Create(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value)))];
    }

    /// <summary>Sends a form to a process.</summary>
    public Task<SiteResponse> PostAsync(FarmSite target, string action, IEnumerable<KeyValuePair<string, string>> form) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(target.Address, action)) { Content = new FormUrlEncodedContent(form) },
        keep: true);

    private async Task ExpireInAsync(TimeSpan time) => Session = await farm.Tickets.SetExpiryAsync(Session!, farm.Binance.Clock.GetUtcNow() + time);

    private async Task<SiteResponse> SubmitAsync(FarmSite page, FarmSite target, string action)
        => await PostAsync(target, action, await FormAsync(page, action));

    private async Task<SiteResponse> SendAsync(HttpRequestMessage request, bool keep)
    {
        request.Headers.Host = WebFarm.Host;
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        if (!request.Headers.Contains("Cookie") && _cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        var started = Stopwatch.GetTimestamp();
        using (request)
        using (var response = await http.SendAsync(request, TestContext.Current.CancellationToken))
        {
            var set = response.Headers.TryGetValues("Set-Cookie", out var headers) ? headers.Select(Parse).ToList() : [];
            if (keep)
            {
                Keep(set);
            }

            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return new SiteResponse(response.StatusCode, body, response.Headers.Location, set)
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
                Wait = Stopwatch.GetElapsedTime(started),
            };
        }
    }

    private void Keep(List<(string Name, string Value)> set)
    {
        foreach (var (name, value) in set)
        {
            // A site deletes a cookie by an empty value and an expiry in the past.
            if (value.Length == 0)
            {
                _cookies.Remove(name);
            }
            else
            {
                _cookies[name] = value;
                CookiesSeen.Add(value);
            }
        }
    }

    private static (string Name, string Value) Parse(string header)
    {
        var pair = header.Split(';')[0].Split('=', 2);
        return (pair[0], pair[1]);
    }

    [GeneratedRegex("""<form [^>]*action="(?<action>[^"]*)".*?</form>""", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""<input (?=[^>]*type="hidden")(?=[^>]*name="(?<name>[^"]*)")(?=[^>]*value="(?<value>[^"]*)")""")]
    private static partial Regex HiddenField();
}
