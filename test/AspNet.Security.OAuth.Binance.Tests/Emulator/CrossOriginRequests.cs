using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The requests of a page of another origin, and the CORS headers of their responses (Fetch standard).</summary>
public static class CrossOriginRequests
{
    public const string Origin = "https://app.example";

    /// <summary>Gets the endpoints with the method and the allowed request header.</summary>
    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "/oauth/token", "POST", "content-type" },
        { "/oauth-api/v1/user-info", "GET", "authorization" },
        { "/oauth-api/v1/revoke-token", "POST", "authorization" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static void AssertReadable(HttpResponseMessage response)
    {
        Assert.Equal([Origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["Origin"], response.Headers.Vary);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    public static IEnumerable<string> CrossOriginHeaders(HttpResponseMessage response) => response.Headers
        .Where(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) || header.Key == "Vary")
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        .Order(StringComparer.Ordinal);

    public static async Task<HttpResponseMessage> PreflightAsync(HttpClient http, string path, string method, string header, string? origin)
    {
        using var request = Preflight(path, method, header, origin);
        return await http.SendAsync(request, Cancellation);
    }

    public static HttpRequestMessage Preflight(string path, string method, string header, string? origin)
    {
        var request = Request(HttpMethod.Options, path, origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", header);
        return request;
    }

    // The headers alone, because some responses never end.
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string? origin, string? accessToken = null, string? host = null)
    {
        using var request = Request(new HttpMethod(method), path, origin);
        request.Headers.Host = host;
        request.Headers.Authorization = accessToken is null ? null : new AuthenticationHeaderValue("Bearer", accessToken);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? origin)
    {
        var request = new HttpRequestMessage(method, path);
        if (origin is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Origin", origin));
        }

        return request;
    }
}
