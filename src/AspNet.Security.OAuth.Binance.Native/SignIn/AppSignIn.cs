using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Session;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// A sign-in whose callback the platform hands to the application (RFC 8252 sections 7.1 and 7.2), possibly in another process.
/// </summary>
internal sealed class AppSignIn(SessionStore sessions, CodeExchanges exchanges, LoginSettings settings, ILogger logger)
{
    public PendingSignInData Begin()
    {
        var request = settings.NewRequest(settings.RedirectUri);
        return new(
            settings.Client.ClientId,
            settings.Client.Endpoints.Token,
            request.Url,
            request.RedirectUri,
            request.State,
            request.CodeVerifier,
            settings.Time.GetUtcNow() + CodeExchanges.Lifetime);
    }

    public async Task<BinanceLoginSession> CompleteAsync(PendingSignInData pending, Uri callback, CancellationToken cancellationToken)
    {
        try
        {
            return await ExchangeAsync(pending, callback, cancellationToken).ConfigureAwait(false);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.SignInFailed(logger, exception.Failure, exception.Message);
            throw;
        }
    }

    private static BinanceAuthenticationException Over() => new(BinanceFailure.InvalidState, "The sign-in was completed before, and is over. Begin a new one.");

    private async Task<BinanceLoginSession> ExchangeAsync(PendingSignInData pending, Uri callback, CancellationToken cancellationToken)
    {
        if (pending.ClientId != settings.Client.ClientId || pending.Server != settings.Client.Endpoints.Token)
        {
            throw new BinanceAuthenticationException(BinanceFailure.InvalidState, "The sign-in was begun for another client id or server. Begin a new one.");
        }

        var request = pending.ToRequest();
        var code = Callback.CodeOf(request, callback);
        var id = SignInId.Of(pending.State);

        // The callback may be delivered again, also to another process.
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } session)
        {
            return session;
        }

        var exchange = exchanges.Find(id) ?? (settings.Time.GetUtcNow() < pending.ExpiresAt
            ? exchanges.Of(request, code)
            : throw new BinanceAuthenticationException(BinanceFailure.Abandoned, "The sign-in was not completed in time. Begin a new one."));
        try
        {
            // The last read is not cancelled: the user may be signed in although this caller has cancelled.
            session = await exchange.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await FindAsync(id, CancellationToken.None).ConfigureAwait(false) is null ? throw Over() : session;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Over();
        }
    }

    private async Task<BinanceLoginSession?> FindAsync(string id, CancellationToken cancellationToken)
        => await sessions.ReadAsync(cancellationToken).ConfigureAwait(false) is { } session && session.SignInId == id ? session.ToSession() : null;
}
