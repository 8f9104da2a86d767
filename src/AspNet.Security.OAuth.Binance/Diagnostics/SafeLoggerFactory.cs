using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Creates safe loggers for the base classes of the handler, which log before and after each of its steps.
/// </summary>
internal sealed class SafeLoggerFactory : ILoggerFactory
{
    private static readonly ConditionalWeakTable<ILoggerFactory, SafeLoggerFactory> _factories = [];

    private readonly ConcurrentDictionary<string, SafeLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Func<string, SafeLogger> _create;

    // A factory that lives as long as its own, so that the reference keeps nothing alive.
    private SafeLoggerFactory(ILoggerFactory factory) => _create = category => new(factory.CreateLogger(category));

    /// <summary>Returns the safe factory of a factory. Hot path: every request has a handler of its own.</summary>
    public static SafeLoggerFactory Of(ILoggerFactory factory) => _factories.GetValue(factory, static factory => new(factory));

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, _create);

    // The base classes create loggers and nothing else.
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    // The factory is the container's.
    public void Dispose()
    {
    }
}
