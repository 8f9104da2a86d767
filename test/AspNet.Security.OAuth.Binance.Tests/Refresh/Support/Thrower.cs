using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh.Support;

/// <summary>What throws.</summary>
public enum Throwing
{
    /// <summary>Nothing, for comparison.</summary>
    Nothing,

    /// <summary>A logging provider, at Warning and above.</summary>
    Warnings,

    /// <summary>A logging provider, at every level.</summary>
    EveryLevel,

    /// <summary>A logging provider, in IsEnabled.</summary>
    Enabled,

    /// <summary>A listener of the meter, at each measurement.</summary>
    Meter,
}

/// <summary>
/// A logging provider and a meter listener, one of which throws.
/// </summary>
internal sealed class Thrower : IDisposable
{
    private readonly MeterListener _listener = new();
    private Throwing _what;
    private ThrowingProvider? _provider;
    private int _thrown;

    public static Thrower Start(TestSite site, Throwing what)
    {
        var thrower = new Thrower { _what = what, _provider = site.Services.GetRequiredService<ThrowingProvider>() };
        if (what is Throwing.Meter)
        {
            // Only the meter of this site: other tests run in the same process.
            var factory = site.Services.GetRequiredService<IMeterFactory>();
            thrower._listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == factory && instrument.Meter.Name == "AspNet.Security.OAuth.Binance")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            thrower._listener.SetMeasurementEventCallback<long>((_, _, _, _) => thrower.Throw());
            thrower._listener.SetMeasurementEventCallback<double>((_, _, _, _) => thrower.Throw());
            thrower._listener.Start();
        }

        return thrower;
    }

    /// <summary>Asserts that something has thrown, so that the test cannot pass without it.</summary>
    public void AssertThrew(Throwing unless = Throwing.Nothing)
    {
        if (_what is not Throwing.Nothing && _what != unless)
        {
            Assert.NotEqual(0, _thrown + _provider!.Thrown);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Throw()
    {
        Interlocked.Increment(ref _thrown);
        throw new InvalidOperationException("The listener fails.");
    }
}

/// <summary>
/// A logging provider that throws for the handler's own categories.
/// </summary>
internal sealed class ThrowingProvider(Throwing what) : ILoggerProvider
{
    private int _thrown;

    public int Thrown => _thrown;

    public ILogger CreateLogger(string categoryName)
        => new Logger(this, categoryName.StartsWith("AspNet.Security.OAuth.Binance", StringComparison.Ordinal) ? what : Throwing.Nothing);

    public void Dispose()
    {
    }

    private sealed class Logger(ThrowingProvider provider, Throwing what) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => what is not Throwing.Enabled || Throw();

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => _ = (what is Throwing.EveryLevel || (what is Throwing.Warnings && logLevel >= LogLevel.Warning)) && Throw();

        private bool Throw()
        {
            Interlocked.Increment(ref provider._thrown);
            throw new InvalidOperationException("The provider fails.");
        }
    }
}
