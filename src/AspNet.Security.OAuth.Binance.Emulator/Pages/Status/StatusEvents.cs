using System.Collections.Concurrent;
using System.Threading.Channels;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>Notifies the page's script of a change (server-sent events). The script then loads the content.</summary>
internal sealed class StatusEvents(EmulatorJournal journal)
{
    public const string Path = "/emulator/events";

    // Unread events. One of them is enough for the script to load the content.
    private const int MaxPending = 64;

    private readonly ConcurrentDictionary<Channel<string>, bool> _pages = [];

    /// <summary>Gets the headers, in a new response each time, because the pipeline adds more.</summary>
    public static EmulatorResponse Head => new(200) { ContentType = "text/event-stream" };

    /// <summary>Notifies all open pages of a change other than a request, such as a reset.</summary>
    public void Tell(string change)
    {
        foreach (var page in _pages.Keys)
        {
            page.Writer.TryWrite(change);
        }
    }

    public async Task WriteAsync(HttpContext context, CancellationToken aborted)
    {
        var page = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxPending) { FullMode = BoundedChannelFullMode.DropOldest });

        // Before the headers, so that no request after them is missed.
        var requests = journal.ReadAllAsync(aborted);
        _pages[page] = true;
        var reading = ReadAsync(requests, page.Writer);
        try
        {
            await SendAsync(": connected");
            await foreach (var change in page.Reader.ReadAllAsync(aborted))
            {
                await SendAsync($"data: {change}");
            }
        }
        finally
        {
            _pages.TryRemove(page, out _);
            await reading;
        }

        async Task SendAsync(string line)
        {
            await context.Response.WriteAsync($"{line}\n\n", aborted);
            await context.Response.Body.FlushAsync(aborted);
        }
    }

    private static async Task ReadAsync(IAsyncEnumerable<EmulatorRequest> requests, ChannelWriter<string> page)
    {
        try
        {
            await foreach (var request in requests)
            {
                if (RequestSection.IsOfInterest(request))
                {
                    page.TryWrite($"{request.Endpoint}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page's reader ends by the same token.
        }
        finally
        {
            page.TryComplete();
        }
    }
}
