using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A browser on a site of the readme's: it keeps cookies, and follows redirects over the emulator until the site shows a page.
/// </summary>
internal sealed class ReadmeVisitor(WebApplication app) : IDisposable
{
    private readonly HttpClient _site = new(new CookieKeeper(app.GetTestServer().CreateHandler())) { BaseAddress = new Uri("http://localhost") };
    private readonly HttpClient _binance = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <returns>The path that the browser is on in the end.</returns>
    public async Task<string> SignInAsync(string path)
    {
        var next = new Uri(_site.BaseAddress!, path);
        while (true)
        {
            using var response = await (next.Host == "localhost" ? _site : _binance).GetAsync(next, Token);
            if (response.Headers.Location is not { } location)
            {
                return next.PathAndQuery;
            }

            next = new Uri(next, location);
        }
    }

    public Task<string> GetTextAsync(string path) => _site.GetStringAsync(path, Token);

    public async Task<HttpStatusCode> SignOutAsync(string? antiforgeryToken)
    {
        using var form = new FormUrlEncodedContent(antiforgeryToken is null ? [] : [new("__RequestVerificationToken", antiforgeryToken)]);
        using var response = await _site.PostAsync("/logout", form, Token);
        return response.StatusCode;
    }

    public void Dispose()
    {
        _site.Dispose();
        _binance.Dispose();
    }

    private sealed class CookieKeeper(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly CookieContainer _cookies = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("Cookie", _cookies.GetCookieHeader(request.RequestUri!));
            var response = await base.SendAsync(request, cancellationToken);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
            {
                _cookies.SetCookies(request.RequestUri!, cookie);
            }

            return response;
        }
    }
}
