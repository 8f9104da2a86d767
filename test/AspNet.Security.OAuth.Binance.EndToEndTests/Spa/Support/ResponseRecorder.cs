using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;

/// <summary>
/// Records the responses of a site. A browser discards their bodies when it leaves the page.
/// </summary>
internal sealed class ResponseRecorder : IStartupFilter
{
    /// <summary>Gets the responses: path, status, and headers and body without the cookies.</summary>
    public ConcurrentQueue<(string Path, int Status, string Text)> Responses { get; } = [];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(RecordAsync);
        next(app);
    };

    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        // MapFallbackToFile changes the path.
        var (path, response, body) = (context.Request.Path, context.Response, context.Response.Body);
        using var copy = new MemoryStream();
        response.Body = copy;
        await next(context);
        response.Body = body;

        // Starting the response completes the headers. Recorded before the browser receives the body, for which a test may wait.
        await response.StartAsync();
        var headers = response.Headers.Where(header => header.Key != HeaderNames.SetCookie).Select(header => $"{header.Key}: {header.Value}");
        Responses.Enqueue((path, response.StatusCode, $"{string.Join('\n', headers)}\n\n{Encoding.UTF8.GetString(copy.ToArray())}"));
        await body.WriteAsync(copy.ToArray());
    }
}
