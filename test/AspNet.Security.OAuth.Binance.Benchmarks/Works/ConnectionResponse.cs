using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// The response of a <see cref="Connection"/>. Runs the callbacks for its start and its end, the last registered first.
/// </summary>
internal sealed class ConnectionResponse : IHttpResponseFeature
{
    private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _completed = new();

    public int StatusCode { get; set; }

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    public bool HasStarted { get; private set; }

    public void Begin()
    {
        (StatusCode, HasStarted) = (StatusCodes.Status200OK, false);
        Headers.Clear();
    }

    public void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

    public async ValueTask<int> FinishAsync()
    {
        while (_starting.TryPop(out var next))
        {
            await next.Callback(next.State);
        }

        HasStarted = true;
        while (_completed.TryPop(out var next))
        {
            await next.Callback(next.State);
        }

        return StatusCode;
    }
}
