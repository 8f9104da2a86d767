using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A logger that throws does not fail a sign-in, a refresh or a sign-out.
/// </summary>
public sealed class ThrowingLoggerTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sign_in_refresh_and_sign_out_succeed(bool isInLog)
    {
        await using var app = await NativeApp.StartAsync();
        var logger = new ThrowingLogger(isInLog);
        await using var login = new BinanceLogin(app.Options(), logger);

        await login.SignInAsync(Stop);
        app.Expire();
        Assert.True(app.Binance.Tokens.IsLive(await login.GetAccessTokenAsync(Stop)));
        Assert.True(await login.SignOutAsync(Stop));

        Assert.Null(await login.GetSessionAsync(Stop));
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.NotEqual(0, logger.Thrown);

        // A logger that cannot tell whether it is enabled gets no entry.
        Assert.Equal(isInLog, logger.IsCalled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failures_are_reported_and_the_next_call_succeeds(bool isInLog)
    {
        await using var app = await NativeApp.StartAsync();
        var logger = new ThrowingLogger(isInLog);
        await using var login = new BinanceLogin(app.Options(), logger);

        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await Failing.WithAsync(BinanceFailure.Unavailable, login.SignInAsync(Stop));
        await login.SignInAsync(Stop);

        app.Expire();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await Failing.WithAsync(BinanceFailure.Unavailable, login.GetAccessTokenAsync(Stop));
        Assert.True(app.Binance.Tokens.IsLive(await login.GetAccessTokenAsync(Stop)));

        app.Expire();
        var broken = app.Store.Failures["Write"] = new IOException("the disk");
        Assert.Same(broken, await Assert.ThrowsAsync<IOException>(() => login.GetAccessTokenAsync(Stop)));
        app.Store.Failures.Clear();
        Assert.True(app.Binance.Tokens.IsLive(await login.GetAccessTokenAsync(Stop)));

        app.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));
        Assert.False(await login.SignOutAsync(Stop));
        Assert.Null(await login.GetSessionAsync(Stop));
        await login.SignInAsync(Stop);
        Assert.NotEqual(0, logger.Thrown);
    }

    private sealed class ThrowingLogger(bool isInLog) : ILogger<BinanceLogin>
    {
        private int _thrown;

        public int Thrown => _thrown;

        /// <summary>Whether there was an entry.</summary>
        public bool IsCalled { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => isInLog || Throw();

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            IsCalled = true;
            Throw();
        }

        private bool Throw()
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("The logger fails.");
        }
    }
}
