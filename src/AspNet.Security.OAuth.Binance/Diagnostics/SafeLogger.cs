using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// A logger that never throws: a failing logging provider must not fail a request or a session. The framework's logger throws the exceptions of its
/// providers.
/// </summary>
internal sealed class SafeLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return logger.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // A failure of logging cannot be reported.
        }
    }
}

/// <summary>The safe logger of a category.</summary>
/// <typeparam name="T">The type that the category is named after.</typeparam>
internal sealed class SafeLogger<T>(ILoggerFactory factory) : ILogger
{
    private readonly SafeLogger _logger = new(factory.CreateLogger<T>());

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => _logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _logger.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => _logger.Log(logLevel, eventId, state, exception, formatter);
}
