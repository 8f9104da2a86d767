using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// A browser on a site behind a proxy that ends TLS, or directly on it. All that it is given is evidence: addresses, headers, pages. Its
/// cookies are secrets.
/// </summary>
internal sealed class CanaryBrowser(Uri site, Investigation investigation, string? publicHost = null) : IDisposable
{
    // Whatever precedes the random part of a cookie's name.
    private const string Correlation = "Correlation.";

    // Without a propagator the handler takes no part in the tracing of this process, which is about the site.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly Dictionary<string, string> _cookies = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public bool HasCookie(string name) => _cookies.ContainsKey(name);

    public Task<CanaryAnswer> GetAsync(string pathAndQuery) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(site, pathAndQuery)));

    public Task<CanaryAnswer> PostAsync(string pathAndQuery, params KeyValuePair<string, string>[] form)
        => SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(site, pathAndQuery)) { Content = new FormUrlEncodedContent(form) });

    /// <summary>Starts a sign-in, and returns the site's address for the browser's return, with the code or the refusal.</summary>
    public async Task<string> ConsentAsync(string login, bool deny = false)
    {
        var challenge = await GetAsync(login);
        var authorize = deny ? QueryHelpers.AddQueryString(challenge.Location!.AbsoluteUri, "emulator_decision", "deny") : challenge.Location!.AbsoluteUri;
        using var answer = await _http.GetAsync(new Uri(authorize), Stop);
        var callback = answer.Headers.Location!;
        if (QueryHelpers.ParseQuery(callback.Query).TryGetValue("code", out var code))
        {
            investigation.Secrets[code.Single()!] = "code";
        }

        return callback.PathAndQuery;
    }

    public void Dispose() => _http.Dispose();

    private async Task<CanaryAnswer> SendAsync(HttpRequestMessage request)
    {
        using var _ = request;
        var path = request.RequestUri!.AbsolutePath;
        investigation.Evidence.Add($"address {path}", request.RequestUri.PathAndQuery);
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        if (publicHost is not null)
        {
            request.Headers.Host = publicHost;
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        }

        using var response = await _http.SendAsync(request, Stop);
        var body = await response.Content.ReadAsStringAsync(Stop);
        investigation.Evidence.Add($"page {path}", body);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name == HeaderNames.SetCookie)
            {
                Keep(SetCookieHeaderValue.ParseList([.. values]));
            }
            else
            {
                investigation.Evidence.Add($"header {name} of {path}", string.Join(", ", values));
            }
        }

        return new CanaryAnswer(response.StatusCode, response.Headers.Location is { } location ? new Uri(site, location) : null, body);
    }

    private void Keep(IEnumerable<SetCookieHeaderValue> cookies)
    {
        foreach (var cookie in cookies)
        {
            var name = cookie.Name.Value!;
            var random = name.IndexOf(Correlation, StringComparison.Ordinal);
            if (random >= 0)
            {
                investigation.Secrets[name[(random + Correlation.Length)..]] = "correlation";
            }

            if (cookie.Value.Length == 0)
            {
                _cookies.Remove(name);
            }
            else
            {
                _cookies[name] = cookie.Value.Value!;
                investigation.Secrets[cookie.Value.Value!] = "cookie";
            }
        }
    }
}

internal sealed record CanaryAnswer(HttpStatusCode Status, Uri? Location, string Body);
