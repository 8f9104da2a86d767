using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>One operation of the JSON API.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path after <see cref="ControlRoutes.Prefix"/>.</param>
/// <param name="Handler">Creates the response. It takes the lock if it must not overlap with a reset.</param>
internal sealed record ControlRoute(string Method, string Path, Func<ControlCall, ResetLock, Task<ControlResponse>> Handler)
{
    /// <summary>Gets the accepted parameters of the query.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Gets a value indicating whether it requires the control key while other machines are allowed.</summary>
    public bool NeedsKey { get; init; } = true;

    /// <summary>Gets the methods: GET includes HEAD.</summary>
    public IReadOnlyList<string> Methods => Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [Method];

    /// <summary>Gets a value indicating whether a body is read.</summary>
    public bool HasBody => Method is "POST" or "PUT" or "PATCH";

    public static ControlRoute Get(string path, Func<ControlCall, ControlResponse> handler) => new(HttpMethods.Get, path, Working(handler));

    /// <summary>Creates an operation whose result a reset does not change.</summary>
    public static ControlRoute Constant(string path, Func<ControlCall, ControlResponse> handler)
        => new(HttpMethods.Get, path, (call, _) => Task.FromResult(handler(call)));

    public static ControlRoute Post(string path, Func<ControlCall, ControlResponse> handler) => new(HttpMethods.Post, path, Working(handler));

    public static ControlRoute Put(string path, Func<ControlCall, ControlResponse> handler) => new(HttpMethods.Put, path, Working(handler));

    public static ControlRoute Delete(string path, Func<ControlCall, ControlResponse> handler) => new(HttpMethods.Delete, path, Working(handler));

    /// <summary>Creates an operation that runs exclusively, so that its changes are atomic.</summary>
    public static ControlRoute Patch(string path, Func<ControlCall, ControlResponse> handler)
        => new(HttpMethods.Patch, path, (call, resets) => Task.FromResult(resets.Alone(() => handler(call))));

    /// <summary>Creates an operation that takes the lock itself.</summary>
    public static ControlRoute Reset(string path, Func<ControlCall, ControlResponse> handler)
        => new(HttpMethods.Post, path, (call, _) => Task.FromResult(handler(call)));

    /// <summary>Creates an operation that waits, and must not block a reset.</summary>
    public static ControlRoute Wait(string path, Func<ControlCall, Task<ControlResponse>> handler) => new(HttpMethods.Get, path, (call, _) => handler(call));

    private static Func<ControlCall, ResetLock, Task<ControlResponse>> Working(Func<ControlCall, ControlResponse> handler)
        => (call, resets) => Task.FromResult(resets.Work(() => handler(call)));
}
