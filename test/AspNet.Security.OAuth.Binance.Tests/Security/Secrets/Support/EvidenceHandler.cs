using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Records what a browser is given as evidence: addresses, headers, pages. Its cookies and codes are secrets. The site is perhaps
/// behind a proxy that ends TLS.
/// </summary>
internal sealed class EvidenceHandler : DelegatingHandler
{
    // The prefix of a cookie's name before its random part.
    private const string Correlation = "Correlation.";

    private readonly Investigation _investigation;
    private readonly string? _publicHost;

    private EvidenceHandler(Investigation investigation, string? publicHost)

        // Without a propagator the handler takes no part in the tracing of this process, which is about the site.
        : base(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
        => (_investigation, _publicHost) = (investigation, publicHost);

    public static SiteBrowser Browser(Uri site, TimeProvider time, Investigation investigation, string? publicHost = null)
        => new(site, time, new EvidenceHandler(investigation, publicHost));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        _investigation.Evidence.Add($"address {path}", request.RequestUri.PathAndQuery);
        if (_publicHost is not null)
        {
            request.Headers.Host = _publicHost;
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        }

        var response = await base.SendAsync(request, cancellationToken);
        _investigation.Evidence.Add($"page {path}", await response.Content.ReadAsStringAsync(cancellationToken));
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (name == HeaderNames.SetCookie)
            {
                AddSecrets(SetCookieHeaderValue.ParseList([.. values]));
            }
            else
            {
                _investigation.Evidence.Add($"header {name} of {path}", string.Join(", ", values));
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
                _investigation.Secrets[name[(random + Correlation.Length)..]] = "correlation";
            }

            if (cookie.Value.Length > 0)
            {
                _investigation.Secrets[cookie.Value.Value!] = "cookie";
            }
        }
    }
}
