using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Creates safe loggers for the base classes of the handler, which log as well.
/// </summary>
internal sealed class SafeLoggerFactory : ILoggerFactory
{
    private static readonly ConditionalWeakTable<ILoggerFactory, SafeLoggerFactory> _factories = [];

    private readonly ConcurrentDictionary<string, SafeLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Func<string, SafeLogger> _create;

    // The reference to the key does not keep an entry of the ConditionalWeakTable alive.
    private SafeLoggerFactory(ILoggerFactory factory) => _create = category => new(factory.CreateLogger(category));

    /// <summary>Returns the safe factory of a factory. Hot path: the framework creates a handler for every request.</summary>
    public static SafeLoggerFactory Of(ILoggerFactory factory) => _factories.GetValue(factory, static factory => new(factory));

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, _create);

    // The base classes only create loggers.
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    // The container disposes the factory.
    public void Dispose()
    {
    }
}
