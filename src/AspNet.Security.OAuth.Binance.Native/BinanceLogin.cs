using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.HttpClients;
using AspNet.Security.OAuth.Binance.Session;
using AspNet.Security.OAuth.Binance.SignIn;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// "Login with Binance" of a desktop, mobile or command-line application: the system's browser, a public client with proof key (RFC 8252,
/// RFC 7636), one session whose tokens stay fresh, and revocation. Create one and keep it. The methods are thread-safe and virtual, so
/// that an application can replace them in its unit tests.
/// </summary>
/// <example>
/// <code>
/// await using var login = new BinanceLogin(new() { ClientId = "…" });
/// var session = await login.SignInAsync(cancellationToken);
/// </code>
/// </example>
public class BinanceLogin : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Parts? _parts;

    /// <summary>
    /// Initializes a login.
    /// </summary>
    /// <param name="options">The options. They are read here; later changes have no effect.</param>
    /// <param name="logger">The logger. The default logs nothing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option cannot be used. The message names it.</exception>
    public BinanceLogin(BinanceLoginOptions options, ILogger<BinanceLogin>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _parts = new(new(options), logger is null ? NullLogger.Instance : new SafeLogger(logger));
    }

    /// <summary>
    /// Initializes a login that overrides every method that is called, for unit tests.
    /// </summary>
    protected BinanceLogin()
    {
    }

    private Parts Core
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
            return _parts ?? throw new NotSupportedException("A BinanceLogin without options has to override each method that is called. Override this one, or pass options.");
        }
    }

    /// <summary>
    /// Signs a user in, in the browser, and keeps the session instead of the previous one, whose tokens are not revoked: sign out first if that matters.
    /// </summary>
    /// <param name="cancellationToken">Cancels the sign-in.</param>
    /// <returns>The session.</returns>
    /// <exception cref="BinanceAuthenticationException">
    /// The user cancelled (<see cref="BinanceFailure.Cancelled"/>) or did not finish in time (<see cref="BinanceFailure.Abandoned"/>), another sign-in is
    /// in progress (<see cref="BinanceFailure.SignInInProgress"/>), no port is free (<see cref="BinanceFailure.PortUnavailable"/>), no browser could be opened
    /// (<see cref="BinanceFailure.BrowserUnavailable"/>), the store cannot be used (<see cref="BinanceFailure.StoreUnavailable"/>), or Binance refused or
    /// is unavailable. The previous session continues.
    /// </exception>
    /// <exception cref="InvalidOperationException">The redirect URI is not on the loopback interface, and the browser did not return the callback.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or the login is disposed. No user was signed in.</exception>
    public virtual async Task<BinanceLoginSession> SignInAsync(CancellationToken cancellationToken = default)
    {
        var core = Core;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token, cancellationToken);
        return await CancelledByCallerAsync(core.BrowserSignIn.RunAsync(end.Token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns the stored session, such as that of the application's last run, without a call to Binance.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The session, or <see langword="null"/> if no user is signed in.</returns>
    /// <exception cref="BinanceAuthenticationException">The store cannot be used (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual async Task<BinanceLoginSession?> GetSessionAsync(CancellationToken cancellationToken = default)
        => (await Core.Sessions.ReadAsync(cancellationToken).ConfigureAwait(false))?.ToSession();

    /// <summary>
    /// Begins a sign-in whose callback the application itself receives, as with a private-use scheme. Open <see cref="BinancePendingSignIn.Url"/>
    /// in the system's browser.
    /// </summary>
    /// <returns>The sign-in, for <see cref="CompleteSignInAsync"/>.</returns>
    public virtual BinancePendingSignIn BeginSignIn() => new(Core.AppSignIn.Begin());

    /// <summary>
    /// Completes a sign-in with its callback, and keeps the session instead of the previous one. The code is exchanged once: a callback
    /// that is delivered again returns the same session, or throws the same exception.
    /// </summary>
    /// <param name="pending">The sign-in, which another process may have begun.</param>
    /// <param name="callback">The URL that the browser returned to, with its query.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. If no other caller waits, no user is signed in.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// As with <see cref="SignInAsync"/>; or the callback is not one of this sign-in (<see cref="BinanceFailure.InvalidState"/>, <see cref="BinanceFailure.InvalidCallback"/>),
    /// which can still be completed; or the sign-in was begun by another client, or has been completed and the session is over (<see cref="BinanceFailure.InvalidState"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<BinanceLoginSession> CompleteSignInAsync(BinancePendingSignIn pending, Uri callback, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(callback);
        return Core.AppSignIn.CompleteAsync(pending.Data, callback, cancellationToken);
    }

    /// <summary>
    /// Returns a valid access token, refreshed if it is about to expire: once for all concurrent callers, also in other processes that
    /// share the store, and stored before it is returned. Only Binance's refusal of the refresh token ends the session.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait of this caller. A refresh continues.</param>
    /// <returns>The access token, a secret.</returns>
    /// <exception cref="BinanceAuthenticationException">
    /// No user is signed in (<see cref="BinanceFailure.NotSignedIn"/>), or Binance refused the refresh token (<see cref="BinanceFailure.InvalidGrant"/>): the user has to sign in again.
    /// After any other failure the session continues.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<string> GetAccessTokenAsync(CancellationToken cancellationToken = default)
        => CancelledByCallerAsync(Core.Tokens.GetAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Creates an HTTP client that sends the current access token with each call, to the scheme, host and port of this address only. It follows
    /// no redirect and keeps no cookie. A call fails as <see cref="GetAccessTokenAsync"/> does.
    /// </summary>
    /// <param name="baseAddress">The base address.</param>
    /// <param name="handler">Sends the requests, for example by way of a proxy. It should not follow redirects. Disposing the client disposes it. The default is a handler of its own.</param>
    /// <returns>The client. Keep it as long as the login.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="baseAddress"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="baseAddress"/> is not an absolute https URL (or http on the loopback interface), or has user information.</exception>
    public virtual HttpClient CreateHttpClient(Uri baseAddress, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        return AccessTokenHandler.DefectOf(baseAddress, _parts?.Settings.RequireHttps ?? true) is { } defect
            ? throw new ArgumentException(defect, nameof(baseAddress))
            : new HttpClient(new AccessTokenHandler(baseAddress, GetAccessTokenAsync, handler ?? AccessTokenHandler.CreateInner())) { BaseAddress = baseAddress };
    }

    /// <summary>
    /// Signs the user out: deletes the session, and revokes its newest access token. It is not an error if no user is signed in.
    /// </summary>
    /// <param name="cancellationToken">Cancels the sign-out. The session may be deleted nevertheless.</param>
    /// <returns><see langword="true"/> if no token is valid any more. <see langword="false"/> if Binance did not confirm the revocation: the user is signed out, and the token is valid until it expires.</returns>
    /// <exception cref="BinanceAuthenticationException">The store cannot be used (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public virtual Task<bool> SignOutAsync(CancellationToken cancellationToken = default)
        => CancelledByCallerAsync(Core.SignOutAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// Cancels a sign-in in progress, and waits until the outcome of a refresh or a code exchange in progress is stored, and a sign-out has ended,
    /// for at most <see cref="BinanceLoginOptions.BackchannelTimeout"/>.
    /// </summary>
    /// <returns>A task that completes when everything is closed.</returns>
    public virtual async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await (_parts?.CompleteAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Cancels a sign-in in progress. Prefer <see cref="DisposeAsync"/>: the new tokens of a refresh in progress may be lost.
    /// </summary>
    public void Dispose()
    {
        _disposed.Cancel();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Releases the resources of the login.
    /// </summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/> or <see cref="DisposeAsync"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && _parts is { Settings: { OwnsHttp: true } settings })
        {
            settings.Http.Dispose();
        }
    }

    // Linked tokens are used internally, and a caller compares the exception's token with its own.
    private static async Task<T> CancelledByCallerAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested && exception.CancellationToken != cancellationToken)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    private sealed class Parts
    {
        private readonly BackgroundCalls _background = new();
        private readonly SignOut _signOut;

        public Parts(LoginSettings settings, ILogger logger)
        {
            (Settings, Sessions) = (settings, new(settings));
            Tokens = new(Sessions, settings, _background, logger);
            _signOut = new(Sessions, Tokens, settings, logger);
            var exchanges = new CodeExchanges(Sessions, settings, _background, logger);
            BrowserSignIn = new(Sessions, exchanges, settings, logger);
            AppSignIn = new(Sessions, exchanges, settings, logger);
        }

        public LoginSettings Settings { get; }

        public SessionStore Sessions { get; }

        public CurrentTokens Tokens { get; }

        public BrowserSignIn BrowserSignIn { get; }

        public AppSignIn AppSignIn { get; }

        public Task<bool> SignOutAsync(CancellationToken cancellationToken) => _background.Start(() => _signOut.RunAsync(cancellationToken));

        /// <summary>Waits for the calls in progress, and stores tokens that could not be stored before.</summary>
        public async Task CompleteAsync()
            => await EndAsync().WaitAsync(Settings.Client.Timeout, Settings.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        private async Task EndAsync()
        {
            await BrowserSignIn.EndAsync().ConfigureAwait(false);
            await _background.EndAsync().ConfigureAwait(false);
            await Tokens.StoreLateAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
