using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Records what a browser gets: addresses, headers, pages. Its cookies are secrets. The site may be behind a proxy that ends TLS.
/// </summary>
internal sealed class BrowserRecordingHandler : DelegatingHandler
{
    // The prefix of a cookie's name before its random part.
    private const string Correlation = "Correlation.";

    private readonly SecretScan _scan;
    private readonly string? _publicHost;

    private BrowserRecordingHandler(SecretScan scan, string? publicHost)

        // Without a propagator the handler takes no part in the tracing of this process, which is about the site.
        : base(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
        => (_scan, _publicHost) = (scan, publicHost);

    public static SiteBrowser Browser(Uri site, TimeProvider time, SecretScan scan, string? publicHost = null)
        => new(site, time, new BrowserRecordingHandler(scan, publicHost));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        _scan.Texts.Add($"address {path}", request.RequestUri.PathAndQuery);
        if (_publicHost is not null)
        {
            request.Headers.Host = _publicHost;
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        }

        var response = await base.SendAsync(request, cancellationToken);
        _scan.Texts.Add($"page {path}", await response.Content.ReadAsStringAsync(cancellationToken));
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name == HeaderNames.SetCookie)
            {
                AddSecrets(SetCookieHeaderValue.ParseList([.. values]));
            }
            else
            {
                _scan.Texts.Add($"header {name} of {path}", string.Join(", ", values));
            }
        }

        return response;
    }

    private void AddSecrets(IEnumerable<SetCookieHeaderValue> cookies)
    {
        foreach (var cookie in cookies)
        {
            var name = cookie.Name.Value!;
            var random = name.IndexOf(Correlation, StringComparison.Ordinal);
            if (random >= 0)
            {
                _scan.Secrets[name[(random + Correlation.Length)..]] = "correlation";
            }

            if (cookie.Value.Length > 0)
            {
                _scan.Secrets[cookie.Value.Value!] = "cookie";
            }
        }
    }
}
