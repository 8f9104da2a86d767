using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Sets the user of a connection during the methods of a SignalR hub. For Blazor's own hub, <see cref="CircuitUser"/> does so.
/// </summary>
internal sealed class HubUser : IHubFilter, IConfigureOptions<HubOptions>
{
    private static readonly MethodInfo _stream = typeof(HubUser).GetMethod(nameof(Stream), BindingFlags.NonPublic | BindingFlags.Static)!;

    public void Configure(HubOptions options) => options.AddFilter(this);

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        => IsCircuits(invocationContext.Hub) ? next(invocationContext) : InvokeAsync(invocationContext, next);

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        CallingUser.Current = IsCircuits(context.Hub) ? null : UserWhileConnected(context.Context);
        await next(context);
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        CallingUser.Current = IsCircuits(context.Hub) ? null : UserOf(context.Context);
        await next(context, exception);
    }

    private static CallingUser UserOf(HubCallerContext connection) => new(() => Task.FromResult(connection.User ?? new ClaimsPrincipal()));

    // A task that a method started may continue after the connection.
    private static CallingUser UserWhileConnected(HubCallerContext connection)
        => new(() => Task.FromResult(connection.ConnectionAborted.IsCancellationRequested ? new ClaimsPrincipal() : connection.User ?? new ClaimsPrincipal()));

    private static bool IsCircuits(Hub hub) => hub.GetType().Assembly == typeof(CircuitHandler).Assembly;

    private static async ValueTask<object?> InvokeAsync(HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var caller = UserWhileConnected(invocation.Context);
        CallingUser.Current = caller;
        var result = await next(invocation);
        return result is not null && ItemOf(invocation.HubMethod.ReturnType) is { } item ? Wrap(result, item, caller) : result;
    }

    // SignalR reads a stream after the method has returned.
    private static Type? ItemOf(Type returned)
    {
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() is { } awaitable && (awaitable == typeof(Task<>) || awaitable == typeof(ValueTask<>)))
        {
            returned = returned.GenericTypeArguments[0];
        }

        return IsStream(returned) ? returned.GenericTypeArguments[0] : InterfacesOf(returned).FirstOrDefault(IsStream)?.GenericTypeArguments[0];
    }

    private static bool IsStream(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "SignalR reads the same interface of the same type.")]
    private static Type[] InterfacesOf(Type type) => type.GetInterfaces();

    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The method has no requirements for its type argument.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Without dynamic code SignalR itself streams no values.")]
    private static object Wrap(object stream, Type item, CallingUser caller)
        => item.IsValueType && !RuntimeFeature.IsDynamicCodeSupported ? stream : _stream.MakeGenericMethod(item).Invoke(null, [stream, caller, CancellationToken.None])!;

    private static async IAsyncEnumerable<T> Stream<T>(IAsyncEnumerable<T> stream, CallingUser caller, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CallingUser.Current = caller;
        await using var items = stream.GetAsyncEnumerator(cancellationToken);
        while (await items.MoveNextAsync())
        {
            yield return items.Current;

            // Each step runs in the execution context of its caller.
            CallingUser.Current = caller;
        }
    }
}
