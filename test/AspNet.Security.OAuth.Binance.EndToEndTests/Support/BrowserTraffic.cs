using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The responses that a page received, and the WebSocket frames in both directions.
/// </summary>
internal sealed class BrowserTraffic
{
    private readonly ConcurrentQueue<Task<string>> _bodies = [];
    private readonly ConcurrentQueue<string> _frames = [];

    private BrowserTraffic()
    {
    }

    /// <summary>The frames of WebSockets. A circuit's are binary, with their texts in UTF-8.</summary>
    public IReadOnlyCollection<string> Frames => _frames;

    public static BrowserTraffic Of(IPage page)
    {
        var traffic = new BrowserTraffic();
        page.Response += (_, response) => traffic._bodies.Enqueue(BodyAsync(response));
        page.WebSocket += (_, socket) =>
        {
            socket.FrameReceived += (_, frame) => traffic._frames.Enqueue(TextOf(frame));
            socket.FrameSent += (_, frame) => traffic._frames.Enqueue(TextOf(frame));
        };
        return traffic;
    }

    /// <summary>The bodies of the responses, scripts and styles included.</summary>
    public Task<string[]> BodiesAsync() => Task.WhenAll(_bodies);

    private static string TextOf(IWebSocketFrame frame) => frame.Text ?? Encoding.UTF8.GetString(frame.Binary!);

    private static async Task<string> BodyAsync(IResponse response)
    {
        try
        {
            return Encoding.UTF8.GetString(await response.BodyAsync());
        }
        catch (PlaywrightException)
        {
            // A redirect has no body, and Chromium discards that of a page that navigates immediately.
            return "";
        }
    }
}
