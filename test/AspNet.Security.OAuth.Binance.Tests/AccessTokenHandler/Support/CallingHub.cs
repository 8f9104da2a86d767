using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;

/// <summary>
/// A hub with every kind of method that SignalR supports; each calls an API for the user.
/// </summary>
internal sealed class CallingHub(IServiceProvider services, HubEvents events) : Hub
{
    public override async Task OnConnectedAsync()
    {
        await Task.Yield();
        events.Connected.TrySetResult(await CallAsync());
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        await Task.Yield();
        events.Disconnected.TrySetResult(await CallAsync());
    }

    public Task<string> Call(string? url)
    {
        events.Calls.Add();
        return CalledApi.TextAsync(services, url);
    }

    public async Task<string> CallAfterAwaits(string? url)
    {
        await Task.Yield();
        await Task.Run(static () => { }).ConfigureAwait(false);
        return await Call(url);
    }

    public async ValueTask<string> CallInTask(string? url) => await Task.Run(() => Call(url));

    public async Task<string> CallForEach(IAsyncEnumerable<string> urls)
    {
        var texts = new List<string>();
        await foreach (var url in urls)
        {
            texts.Add(await Call(url));
        }

        return string.Join(' ', texts);
    }

    public async IAsyncEnumerable<string> Texts([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await CallAsync();
        await Task.Yield();
        yield return await CallAsync();
        await Task.Run(static () => { }, cancellationToken).ConfigureAwait(false);
        yield return await CallAsync();
    }

    public async IAsyncEnumerable<int> Numbers()
    {
        await foreach (var text in Texts(CancellationToken.None))
        {
            yield return text == "called" ? 1 : 0;
        }
    }

    public async Task<IAsyncEnumerable<string>> TextsLater()
    {
        await Task.Yield();
        return Texts(CancellationToken.None);
    }

    public ValueTask<IAsyncEnumerable<int>> NumbersLater() => ValueTask.FromResult(Numbers());

    public TextList OwnType() => new(Texts(CancellationToken.None));

    public ChannelReader<string> Read()
    {
        var channel = Channel.CreateUnbounded<string>();
        _ = WriteAsync();
        return channel.Reader;

        async Task WriteAsync()
        {
            await foreach (var text in Texts(CancellationToken.None))
            {
                await channel.Writer.WriteAsync(text);
            }

            channel.Writer.Complete();
        }
    }

    /// <summary>Streams until the caller stops it, and calls at the end.</summary>
    public async IAsyncEnumerable<string> Endless([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                yield return await CallAsync();
            }
        }
        finally
        {
            events.Stopped.TrySetResult(await CallAsync());
        }
    }

    /// <summary>Starts work that continues after the method, and possibly the connection, has ended.</summary>
    public void Begin()
    {
        _ = RunAsync();

        async Task RunAsync()
        {
            var root = await events.Resumed.Task;
            events.Stopped.TrySetResult(await CalledApi.TextAsync(root));
        }
    }

    private Task<string> CallAsync() => CalledApi.TextAsync(services);

    /// <summary>A stream of a type of the application's own.</summary>
    internal sealed class TextList(IAsyncEnumerable<string> texts) : IAsyncEnumerable<string>
    {
        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) => texts.GetAsyncEnumerator(cancellationToken);
    }
}

/// <summary>Results of a hub's code that no caller receives.</summary>
internal sealed class HubEvents
{
    public TaskCompletionSource<string> Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<string> Disconnected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<string> Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Continues the work of <see cref="CallingHub.Begin"/>, with the services of the application.</summary>
    public TaskCompletionSource<IServiceProvider> Resumed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts the calls of <see cref="CallingHub.Call"/>.</summary>
    public CallCounter Calls { get; } = new();
}

/// <summary>How a test calls the hub.</summary>
internal static class HubCalls
{
    public static Task<string> CallAsync(this HubConnection connection, string? url = null, string method = nameof(CallingHub.Call))
        => connection.InvokeAsync<string>(method, url, TestContext.Current.CancellationToken);

    /// <summary>All items of a stream, as text.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(this HubConnection connection, string method)
    {
        var items = new List<string>();
        await foreach (var item in connection.StreamAsync<object>(method, TestContext.Current.CancellationToken))
        {
            items.Add(item.ToString()!);
        }

        return items;
    }
}
