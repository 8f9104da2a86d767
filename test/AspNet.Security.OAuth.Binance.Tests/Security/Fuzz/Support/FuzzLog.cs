using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// Checks every log record of the provider without keeping it, and keeps the first one that is not allowed.
/// </summary>
internal sealed class FuzzLog : ILoggerProvider, ILogger
{
    public const string Category = "AspNet.Security.OAuth.Binance";

    private string? _fault;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        if (line.Any(char.IsControl) || line.Contains(OddJson.Marker, StringComparison.Ordinal) || exception is not null)
        {
            Interlocked.CompareExchange(ref _fault, OddText.Quote(line) + exception, null);
        }
    }

    /// <summary>Fails after a line with a control character, which forges another line, or with something from the inside of a response.</summary>
    public void AssertIsSound() => Assert.Null(Interlocked.Exchange(ref _fault, null));

    public void Dispose()
    {
    }
}
