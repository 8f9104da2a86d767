using System.Diagnostics.Metrics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A logging provider and a meter listener that throw while something of this provider is recorded: requests are served as without them.
/// </summary>
public sealed class ThrowingDiagnosticsTests
{
    /// <summary>What throws.</summary>
    public enum Throwing
    {
        /// <summary>Nothing: what the others are compared with.</summary>
        Nothing,

        /// <summary>A provider, at Warning and above.</summary>
        Warnings,

        /// <summary>A provider, at every level.</summary>
        EveryLevel,

        /// <summary>A provider, when it is asked whether a level is enabled.</summary>
        Enabled,

        /// <summary>A listener of the meter, at each measurement.</summary>
        Meter,
    }

    public static TheoryData<Throwing> All => [.. Enum.GetValues<Throwing>()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_refresh_that_fails_keeps_the_session_and_is_tried_again(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failed = await browser.GetAsync("/session");
        Assert.Equal((HttpStatusCode.OK, true), (failed.Status, failed.Session.SignedIn));
        Assert.Null(failed.SessionCookie);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        var answer = await browser.GetAsync("/session");
        Assert.True(site.Emulator.Tokens.IsLive(answer.Session.AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_refresh_that_is_refused_signs_the_user_out_and_the_next_sign_in_works(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Tokens.RevokeAll();

        var refused = await browser.GetAsync("/session");
        Assert.Equal((HttpStatusCode.OK, false, true), (refused.Status, refused.Session.SignedIn, refused.DeletesSessionCookie));
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await browser.SignInAsync();
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_refresh_that_succeeds_writes_its_tokens_and_so_does_the_next(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await browser.GetAsync("/session");

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_sign_out_whose_revocation_fails_signs_out(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var copy = browser.Copy();
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));

        var answer = await browser.GetAsync("/sign-out");
        Assert.Equal((HttpStatusCode.OK, true), (answer.Status, answer.DeletesSessionCookie));
        Assert.False((await copy.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await other.GetAsync("/sign-out");
        Assert.Equal(2, site.Revocations.Count);
        Assert.Single(site.Emulator.Tokens.AccessTokens);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_sign_in_that_fails_ends_at_the_failure_page_and_the_next_works(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = site.Browser();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failed = await browser.GetAsync(await browser.ConsentAsync());
        Assert.Equal(HttpStatusCode.Redirect, failed.Status);
        Assert.StartsWith("/failed", failed.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSession);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_callback_without_a_state_ends_at_the_failure_page(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);

        var failed = await site.Browser().GetAsync("/signin-binance?code=some-code");

        Assert.Equal(HttpStatusCode.Redirect, failed.Status);
        Assert.StartsWith("/failed", failed.Location!.OriginalString, StringComparison.Ordinal);
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_token_service_fails_as_it_says_and_works_the_next_time(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));
        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        var refreshed = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);
        Assert.True(site.Emulator.Tokens.IsLive(refreshed.AccessToken));
        await site.Client.RevokeTokenAsync(refreshed.AccessToken, cancellationToken: Stop);
        Assert.False(site.Emulator.Tokens.IsLive(refreshed.AccessToken));
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    private static Task<LifetimeSite> StartAsync(Throwing what) => LifetimeSite.StartAsync(setup =>
    {
        setup.Binance = options => options.FailurePath = "/failed";
        setup.Services = services =>
        {
            // The first, because the others are not asked when one is enabled.
            var provider = new Provider(what);
            services.Insert(0, ServiceDescriptor.Singleton<ILoggerProvider>(provider));
            services.AddSingleton(provider);
        };
    });

    private sealed class Thrower : IDisposable
    {
        private readonly MeterListener _listener = new();
        private Throwing _what;
        private Provider? _provider;
        private int _thrown;

        public static Thrower Start(LifetimeSite site, Throwing what)
        {
            var thrower = new Thrower { _what = what, _provider = site.Services.GetRequiredService<Provider>() };
            if (what is Throwing.Meter)
            {
                // Of this site alone: other tests run in this process.
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

        /// <summary>Something was recorded, so that the test shows what it says.</summary>
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

    private sealed class Provider(Throwing what) : ILoggerProvider
    {
        private int _thrown;

        public int Thrown => _thrown;

        public ILogger CreateLogger(string categoryName)
            => new Logger(this, categoryName.StartsWith("AspNet.Security.OAuth.Binance", StringComparison.Ordinal) ? what : Throwing.Nothing);

        public void Dispose()
        {
        }

        private sealed class Logger(Provider provider, Throwing what) : ILogger
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
}
