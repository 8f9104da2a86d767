using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;

/// <summary>
/// A page that sends events until it is closed: one for each call of the API that the test starts.
/// </summary>
internal sealed class EventPage : IDisposable
{
    private readonly Channel<string?> _calls = Channel.CreateUnbounded<string?>();
    private HttpClient? _client;
    private HttpResponseMessage? _response;
    private StreamReader? _events;

    public async Task ServeAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var url in _calls.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(await CalledApi.TextAsync(context.RequestServices, url, context.RequestAborted) + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Opens the page. Its response has started when this returns.</summary>
    public async Task OpenAsync(TestSite site, SiteBrowser browser)
    {
        _client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/events"));
        request.Headers.TryAddWithoutValidation("Cookie", browser.CookieHeader());
        _response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.False(_response.Headers.Contains("Set-Cookie"));
        _events = new StreamReader(await _response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Has the page call the API, and returns the event that follows.</summary>
    public async Task<string?> NextAsync(string? url = null)
    {
        await _calls.Writer.WriteAsync(url, TestContext.Current.CancellationToken);
        return await _events!.ReadLineAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _calls.Writer.TryComplete();
        _events?.Dispose();
        _response?.Dispose();
        _client?.Dispose();
    }
}
