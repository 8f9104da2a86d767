
namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Requests with the headers of a browser, a proxy or an attacker.</summary>
internal static class Requests
{
    /// <summary>The headers of a browser for a link on a page of another site.</summary>
    public static readonly string[] Link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1"];

    public static HttpRequestMessage Create(HttpMethod method, string path, params string[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var header in headers)
        {
            var parts = header.Split(": ", 2);
            Assert.True(request.Headers.TryAddWithoutValidation(parts[0], parts[1]));
        }

        return request;
    }

    public static async Task<HttpResponseMessage> SendAsync(this HttpClient http, HttpMethod method, string path, params string[] headers)
    {
        using var request = Create(method, path, headers);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
