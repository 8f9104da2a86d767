using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A browser with its cookies, behind a balancer that sends each request to the process that the test names.
/// </summary>
internal sealed partial class Visitor(WebFarm farm, HttpClient http)
{
    public const string SessionCookie = "__Host-SampleWeb";

    private readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    /// <summary>The session cookie that the browser holds.</summary>
    public string? Session
    {
        get => _cookies.GetValueOrDefault(SessionCookie);
        set => _cookies[SessionCookie] = value!;
    }

    /// <summary>Every value of a cookie that a site ever set.</summary>
    public List<string> CookiesSeen { get; } = [];

    /// <summary>Keeps the session cookie that one of these responses set, if there is one.</summary>
    public void Take(IEnumerable<Answer> answers)
        => Session = answers.LastOrDefault(answer => answer.Session is { Length: > 0 })?.Session ?? Session;

    public Task<Answer> GetAsync(FarmSite site, string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, path)), keep: true);

    /// <summary>Asks who is signed in, with a session cookie that was kept aside, and does not keep the answer's cookies.</summary>
    public Task<Answer> MeAsync(FarmSite site, string session)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/api/me"));
        request.Headers.Add("Cookie", $"{SessionCookie}={session}");
        return SendAsync(request, keep: false);
    }

    /// <summary>Signs in: starts on one process and comes back to another.</summary>
    public async Task SignInAsync(FarmSite start, FarmSite end) => await ComeBackAsync(end, await ConsentAsync(start));

    /// <summary>Begins to sign in on one process, and consents.</summary>
    /// <returns>The callback that Binance sends the browser to.</returns>
    public async Task<string> ConsentAsync(FarmSite start)
    {
        var challenge = await GetAsync(start, "/account/login");
        Assert.Equal(HttpStatusCode.Redirect, challenge.Status);

        using var approved = await http.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        var callback = approved.Headers.Location!;
        Assert.Equal($"https://{WebFarm.Host}/signin-binance", callback.GetLeftPart(UriPartial.Path));
        return callback.PathAndQuery;
    }

    /// <summary>Comes back to a process, and keeps the response's cookies unless it is lost on the way.</summary>
    public async Task ComeBackAsync(FarmSite end, string callback, bool isLost = false)
    {
        var arrived = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(end.Address, callback)), keep: !isLost);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (arrived.Status, arrived.Location!.OriginalString));
    }

    /// <summary>Signs in, and lets so much time pass for the session's tokens that the next request refreshes them.</summary>
    public async Task SignInLongAgoAsync(FarmSite site)
    {
        await SignInAsync(site, site);
        await AgeAsync();
    }

    /// <summary>Lets the session's tokens be expired.</summary>
    public Task AgeAsync() => ExpireInAsync(TimeSpan.FromHours(-1));

    /// <summary>Lets the session's tokens be due, and good for four more minutes.</summary>
    public Task BeDueAsync() => ExpireInAsync(TimeSpan.FromMinutes(4));

    /// <summary>Lets the session's tokens be in their last minute, with time enough for a test.</summary>
    public Task BeInTheLastMinuteAsync() => ExpireInAsync(TimeSpan.FromSeconds(50));

    /// <summary>Lets the session's tokens be expired, or due and still good.</summary>
    public Task BeDueAsync(bool expired) => expired ? AgeAsync() : BeDueAsync();

    /// <summary>Opens a page on one process, and presses its sign-out button on another.</summary>
    public Task<Answer> SignOutAsync(FarmSite page, FarmSite button) => PressAsync(page, button, "/account/logout");

    /// <summary>Opens the profile on one process, and presses a button on another that signs out one other session.</summary>
    public Task<Answer> SignOutOtherAsync(FarmSite page, FarmSite button) => PressAsync(page, button, "/sessions/end");

    /// <summary>Opens the profile on one process, and signs out everywhere on another.</summary>
    public Task<Answer> SignOutEverywhereAsync(FarmSite page, FarmSite button) => PressAsync(page, button, "/sessions/end-all");

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
    public Task<Answer> PostAsync(FarmSite button, string action, IEnumerable<KeyValuePair<string, string>> form) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(button.Address, action)) { Content = new FormUrlEncodedContent(form) },
        keep: true);

    private async Task ExpireInAsync(TimeSpan time) => Session = await farm.Tickets.SetExpiryAsync(Session!, farm.Binance.Clock.GetUtcNow() + time);

    private async Task<Answer> PressAsync(FarmSite page, FarmSite button, string action)
        => await PostAsync(button, action, await FormAsync(page, action));

    private async Task<Answer> SendAsync(HttpRequestMessage request, bool keep)
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
            return new Answer(response.StatusCode, body, response.Headers.Location, set)
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
            // A site deletes a cookie by setting it empty and in the past.
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
