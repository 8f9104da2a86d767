using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The properties of every response of the sample. The pages are read from the routing table, so that a new one is tested, too.
/// </summary>
public sealed partial class SampleSafetyTests
{
    private static readonly HttpMethod[] _methods = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Post, HttpMethod.Put, HttpMethod.Options];

    // Not in the routing table: the provider's callback, an unknown path, and a page that fails.
    private static readonly string[] _others =
    [
        "/signin-binance", "/signin-binance?code=a&state=b", "/signin-binance?error=access_denied", "/no-such-page", "/site.css/no-such-page",
        "/account/login?returnUrl=%2Fprofile", "/account/failed?failure=timeout", "/account/failed?failure=%3Cscript%3E", "/error/418",
    ];

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Every_response_has_the_security_headers(string environment)
    {
        await using var sample = await GuardedSample.StartAsync(environment);
        using var visitor = new GuardedVisitor(sample);
        var files = await OpenEverythingAsync(sample, visitor);

        Assert.All(visitor.Responses, item =>
        {
            var headers = item.Response.Headers;
            string Only(string name) => Assert.Single(headers.TryGetValues(name, out var values) ? values : []);

            Assert.Equal(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                Only("Content-Security-Policy"));
            Assert.Equal("nosniff", Only("X-Content-Type-Options"));
            Assert.Equal("same-origin", Only("Referrer-Policy"));
            Assert.Equal("same-origin", Only("Cross-Origin-Opener-Policy"));
            Assert.Equal("same-origin", Only("Cross-Origin-Resource-Policy"));
            Assert.Contains("camera=()", Only("Permissions-Policy"), StringComparison.Ordinal);
            Assert.Equal(environment == "Production" ? ["max-age=31536000"] : [], headers.TryGetValues("Strict-Transport-Security", out var hsts) ? hsts : []);

            // Files are public, and have no cookie; every other response is for one person, and must not be cached.
            var isFile = files.Contains(item.Request) && item.Response.IsSuccessStatusCode;
            Assert.Equal(!isFile, headers.CacheControl?.NoStore ?? false);
            Assert.False(isFile && headers.Contains(HeaderNames.SetCookie), "a file sets a cookie");
        });

        // The visit covered responses of all kinds.
        int[] statuses = [200, 302, 400, 401, 404, 405];
        Assert.All(statuses, status => Assert.Contains(visitor.Responses, item => (int)item.Response.StatusCode == status));
        Assert.True(files.Count > 1);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task No_page_needs_what_its_content_security_policy_forbids(string environment)
    {
        await using var sample = await GuardedSample.StartAsync(environment);
        using var visitor = new GuardedVisitor(sample);
        await OpenEverythingAsync(sample, visitor);

        var pages = visitor.Responses.Where(item => item.Response.Content.Headers.ContentType?.MediaType == "text/html" && item.Body.Length > 0).ToArray();
        Assert.NotEmpty(pages);
        Assert.All(pages, page => Assert.DoesNotMatch(InlineCode(), page.Body));
        Assert.All(pages.SelectMany(page => FormTarget().Matches(page.Body)), form => Assert.StartsWith("/", form.Groups[1].Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Every_form_is_refused_without_its_token(string environment)
    {
        await using var sample = await GuardedSample.StartAsync(environment);
        using var visitor = new GuardedVisitor(sample);
        await visitor.SignInAsync();
        var posts = Endpoints(sample)
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: var methods } || methods.Contains("POST"))
            .ToArray();

        // The page for errors is run in the place of whatever failed, with its method, and does nothing. The form for the language
        // has its origin in the place of a token.
        var withoutToken = posts.Where(endpoint => endpoint.Metadata.GetMetadata<IgnoreAntiforgeryTokenAttribute>() is not null).ToArray();
        Assert.Equal(["/error/404", "/language"], withoutToken.Select(PathOf).Order());
        foreach (var endpoint in posts.Where(endpoint => PathOf(endpoint) != "/error/404"))
        {
            using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", "made up")]);
            Assert.Equal(HttpStatusCode.BadRequest, (await visitor.SendAsync(HttpMethod.Post, PathOf(endpoint))).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await visitor.SendAsync(HttpMethod.Post, PathOf(endpoint), form)).StatusCode);
        }

        Assert.Contains(posts, endpoint => PathOf(endpoint) == "/account/logout");
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/api/me")).StatusCode);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Every_cookie_is_limited_to_this_host_and_hidden_from_scripts(string environment)
    {
        await using var sample = await GuardedSample.StartAsync(environment);
        using var visitor = new GuardedVisitor(sample);
        await OpenEverythingAsync(sample, visitor);

        // Also when it is deleted: a browser takes no other deletion of such a cookie.
        var cookies = visitor.Cookies.ToArray();
        Assert.All(cookies, cookie =>
        {
            Assert.True(cookie.HttpOnly, cookie.ToString());
            Assert.Equal(SameSiteMode.Lax, cookie.SameSite);
            Assert.Equal("/", cookie.Path.Value);
            Assert.False(cookie.Domain.HasValue);
            Assert.Equal(environment == "Production", cookie.Secure);
            Assert.Equal(environment == "Production", cookie.Name.StartsWith("__Host-", StringComparison.Ordinal));
        });
        string[] names = ["SampleWeb", "SampleWeb.Antiforgery", "SampleWeb.Correlation."];
        Assert.All(names, name => Assert.Contains(cookies, cookie => cookie.Name.Value!.Replace("__Host-", "", StringComparison.Ordinal).StartsWith(name, StringComparison.Ordinal)));
        Assert.Contains(cookies, cookie => cookie.Value.Length == 0);
    }

    [Fact]
    public async Task A_fault_in_production_is_a_page_without_details()
    {
        await using var sample = await GuardedSample.StartAsync("Production");
        using var visitor = new GuardedVisitor(sample);
        await visitor.SignInAsync();

        var response = await visitor.GetAsync("/profile?fault");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var page = visitor.Responses[^1].Body;
        Assert.Contains("Something went wrong", page, StringComparison.Ordinal);
        Assert.All([GuardedSample.Detail, "Exception", "   at ", "?fault"], detail => Assert.DoesNotContain(detail, page, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Contains(sample.Logs.GetSnapshot(), record => record.Exception is { Message: GuardedSample.Detail });
    }

    [Fact]
    public async Task The_redirect_to_https_has_the_security_headers_and_is_not_cached()
    {
        await using var sample = await GuardedSample.StartAsync("Production");
        using var visitor = new GuardedVisitor(sample);

        var response = await visitor.GetAsync("http://www.example.com/profile?a=1");

        Assert.Equal("https://www.example.com/profile?a=1", response.Headers.Location!.AbsoluteUri);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.NotEmpty(response.Headers.GetValues("Content-Security-Policy"));
        Assert.False(response.Headers.Contains(HeaderNames.SetCookie));
    }

    [Theory]
    [InlineData("https://evil.example/account/login")]
    [InlineData("http://evil.example/profile")]
    [InlineData("https://evil.example/account/denied")]
    public async Task A_foreign_host_name_is_refused(string url)
    {
        await using var sample = await GuardedSample.StartAsync("Production");
        using var visitor = new GuardedVisitor(sample);

        var response = await visitor.GetAsync(url);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        Assert.DoesNotContain("evil.example", visitor.Responses[^1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("www.example.com;*", true)]
    [InlineData("www.example.com", false)]
    public async Task An_operator_who_allows_any_host_name_is_warned(string allowedHosts, bool warned)
    {
        await using var sample = await GuardedSample.StartAsync("Production", allowedHosts);
        using var visitor = new GuardedVisitor(sample);

        await visitor.GetAsync("/");

        Assert.Equal(warned, sample.Logs.GetSnapshot().Any(record => record.Id.Name == "AnyHostIsAllowed" && record.Level == LogLevel.Warning));
    }

    [Fact]
    public async Task Forwarded_headers_of_a_visitor_are_ignored()
    {
        await using var sample = await GuardedSample.StartAsync("Production");
        using var visitor = new GuardedVisitor(sample);
        (string, string)[] headers =
        [
            ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Proto", "http"), ("X-Original-Host", "evil.example"),
            ("Forwarded", "host=evil.example;proto=http"), ("X-HTTP-Method-Override", "POST"), ("X-Original-URL", "/evil"),
        ];

        var login = await visitor.SendAsync(HttpMethod.Get, "/account/login", null, headers);
        var plain = await visitor.SendAsync(HttpMethod.Get, "http://www.example.com/", null, [.. headers, ("X-Forwarded-For", "203.0.113.9")]);

        Assert.Contains("redirect_uri=https%3A%2F%2Fwww.example.com%2Fsignin-binance", login.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("https://www.example.com/", plain.Headers.Location!.AbsoluteUri);
    }

    /// <returns>The requests for files.</returns>
    private static async Task<HashSet<string>> OpenEverythingAsync(GuardedSample sample, GuardedVisitor visitor)
    {
        using var _ = sample.CreateDefaultClient();
        var endpoints = Endpoints(sample).ToArray();
        var paths = endpoints.Select(PathOf).Concat(_others).Distinct().ToArray();
        await OpenAsync();
        await visitor.SignInAsync(deny: true);
        await visitor.SignInAsync();
        await OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/api/me")).StatusCode);
        await visitor.SignOutAsync();
        return [.. endpoints.Where(IsFile).SelectMany(file => _methods.Select(method => $"{method} {PathOf(file)}"))];

        async Task OpenAsync()
        {
            foreach (var path in paths)
            {
                foreach (var method in _methods)
                {
                    await visitor.SendAsync(method, path);
                }
            }
        }
    }

    private static IEnumerable<RouteEndpoint> Endpoints(GuardedSample sample)
    {
        var endpoints = sample.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.NotEmpty(endpoints);
        return endpoints.Select(endpoint => Assert.IsType<RouteEndpoint>(endpoint));
    }

    private static bool IsFile(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    // A page with a parameter that is not known here has to be given a value here.
    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment
        => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { Name: "status" } => 404.ToString(CultureInfo.InvariantCulture),
            RoutePatternParameterPart { Name: "path" } => "no-such-file.txt",
            _ => throw new InvalidOperationException($"What does {endpoint.RoutePattern.RawText} ({endpoint.DisplayName}) look like?"),
        }))));

    [GeneratedRegex(@"<script|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<iframe|<object|<embed|<base\b", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("<form[^>]*\\saction=\"([^\"]*)\"")]
    private static partial Regex FormTarget();
}
