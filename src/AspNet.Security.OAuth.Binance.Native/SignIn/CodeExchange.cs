using System.Diagnostics.CodeAnalysis;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Session;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The exchange of one sign-in's code, which is made once for all deliveries of the callback. When all callers stop waiting
/// before the session is stored, no user is signed in and the tokens are revoked.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without a timer has nothing to dispose, and the exchange may end after the login.")]
internal sealed class CodeExchange
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly SessionStore _sessions;
    private readonly LoginSettings _settings;
    private readonly BackgroundCalls _background;
    private readonly ILogger _logger;
    private readonly Lazy<Task<BinanceLoginSession>> _outcome;

    private int _waiting;
    private bool _isKept;

    public CodeExchange(BinanceAuthorizationRequest request, string code, SessionStore sessions, LoginSettings settings, BackgroundCalls background, ILogger logger)
    {
        (_sessions, _settings, _background, _logger) = (sessions, settings, background, logger);
        _outcome = new(() => background.Start(() => RunAsync(request, code)));
        Started = settings.Time.GetUtcNow();
    }

    public DateTimeOffset Started { get; }

    /// <exception cref="BinanceAuthenticationException">The code was refused, the user is unknown, or the session could not be stored.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting, or all earlier callers did.</exception>
    public async Task<BinanceLoginSession> WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _waiting++;
        }

        try
        {
            return await _outcome.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !TryStopWaiting())
        {
            return await _outcome.Value.ConfigureAwait(false);
        }
    }

    /// <returns><see langword="false"/> if the session is stored already, or is being stored.</returns>
    private bool TryStopWaiting()
    {
        lock (_lock)
        {
            if (_isKept)
            {
                return false;
            }

            if (--_waiting is 0)
            {
                _abandoned.Cancel();
            }

            return true;
        }
    }

    private bool TryKeep()
    {
        lock (_lock)
        {
            return _isKept = !_abandoned.IsCancellationRequested;
        }
    }

    private async Task<BinanceLoginSession> RunAsync(BinanceAuthorizationRequest request, string code)
    {
        // Not cancelled: the code is spent, and the tokens of the response would be lost.
        var tokens = await _settings.Client.ExchangeCodeAsync(code, request.RedirectUri, request.CodeVerifier, CancellationToken.None).ConfigureAwait(false);
        try
        {
            var user = await _settings.Client.GetUserAsync(tokens.AccessToken, _abandoned.Token).ConfigureAwait(false);
            if (!TryKeep())
            {
                throw new OperationCanceledException(_abandoned.Token);
            }

            await KeepAsync(SignInId.Of(request.State), tokens, user).ConfigureAwait(false);
            Log.SignedIn(_logger);
            return new() { User = user, AccessTokenExpiresAt = tokens.ExpiresAt };
        }
        catch
        {
            _ = _background.Start(() => Revocation.TryAsync(_settings.Client, tokens.AccessToken, _logger, CancellationToken.None));
            throw;
        }
    }

    private async Task KeepAsync(string id, BinanceTokens tokens, BinanceUser user)
    {
        // A refresh of the previous session that takes longer finds that session replaced.
        var held = await _sessions.TryLockAsync(_settings.Client.RevocationTimeout, CancellationToken.None).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        await _sessions.WriteAsync(
            new()
            {
                ClientId = _settings.Client.ClientId,
                Server = _settings.Client.Endpoints.Token,
                SignInId = id,
                UserId = user.UserId,
                Email = user.Email,
                AccessToken = tokens.AccessToken,
                RefreshToken = tokens.RefreshToken,
                TokenType = tokens.TokenType,
                IssuedAt = _settings.Time.GetUtcNow(),
                ExpiresAt = tokens.ExpiresAt,
            },
            CancellationToken.None).ConfigureAwait(false);
    }
}
