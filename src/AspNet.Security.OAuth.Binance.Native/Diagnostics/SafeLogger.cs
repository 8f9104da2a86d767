using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// A logger that never throws: a failing logging provider must not fail a sign-in, a refresh or a sign-out. The framework's logger throws the exceptions of its
/// providers.
/// </summary>
internal sealed class SafeLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => logger.BeginScope(state);

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
