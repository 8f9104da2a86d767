using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Exchanges each code of each sign-in once, in this process and in a web farm, however often the browser delivers it; a few at a time,
/// so that whoever invents codes does not make this site flood Binance.
/// </summary>
internal sealed class CodeExchanges(BinanceSchemes schemes, WebFarm farm, TokenRevoker revoker, ILogger<CodeExchanges> logger)
{
    private const int AtOnce = 16;

    // Another process may have taken the outcome at the last moment, and has not used it yet.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, SchemeExchanges> _schemes = new(StringComparer.Ordinal);

    /// <summary>Begins a delivery to the exchange of a code; it ends with <see cref="CodeExchange.Leave"/>.</summary>
    /// <exception cref="BinanceAuthenticationException">There are too many.</exception>
    public CodeExchange Join(string scheme, string state, string code, string redirectUri, string? codeVerifier)
    {
        // By the code alone somebody else's sign-in would get its tokens, without the verifier (RFC 7636 section 1). As a hash, so that
        // what was sent is not kept.
        var secret = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', state, code, redirectUri, codeVerifier))));
        return SchemeOf(scheme).Cache.Join(new(scheme, schemes.Get(scheme), secret, CodeExchangeCache.Lifetime), Abandon) ?? throw TooMany();
    }

    /// <summary>Exchanges a code. The request goes on when those who wait for it stop waiting.</summary>
    public Task<Kept<TokenOutcome>> ExchangeAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
        => exchange.ExchangeAsync(() => RunAsync(exchange, code, redirectUri, codeVerifier));

    private static BinanceAuthenticationException TooMany()
        => new(BinanceFailure.Unavailable, "Binance's token endpoint: too many sign-ins wait for it; the code was not sent.");

    private SchemeExchanges SchemeOf(string scheme)
        => _schemes.GetOrAdd(scheme, static (scheme, schemes) => new(new CodeExchangeCache(schemes.Get(scheme).Clock), new SemaphoreSlim(AtOnce)), schemes);

    private async Task<TokenOutcome> RunAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var (call, cache) = (exchange.Call, SchemeOf(exchange.Call.Scheme).Cache);
        DateTimeOffset? at = null;
        try
        {
            var outcome = await farm.RunAsync(call, () => SendAsync(exchange, code, redirectUri, codeVerifier));
            if (!exchange.IsSent && !await farm.TakeAsync(call))
            {
                // The process that sent the code would revoke what this sign-in used.
                throw new BinanceAuthenticationException(BinanceFailure.Unavailable, "Binance's token endpoint: the outcome of another process could not be taken over.");
            }

            at = outcome.At;
            return outcome;
        }
        finally
        {
            if (exchange.IsSent || at is not null)
            {
                cache.Keep(exchange, (at ?? call.Options.Clock.GetUtcNow()) + CodeExchangeCache.Lifetime);
            }
            else
            {
                cache.Remove(exchange);
            }
        }
    }

    private async Task<TokenOutcome> SendAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var (call, slots) = (exchange.Call, SchemeOf(exchange.Call.Scheme).Slots);
        await EnterAsync(exchange, slots);
        try
        {
            exchange.IsSent = true;
            var tokens = await call.Options.GetSignInClient().ExchangeCodeAsync(code, redirectUri, codeVerifier, CancellationToken.None);
            return new(tokens, null)
            {
                SessionId = IssuedTickets.NewSessionId(),
                At = call.Options.Clock.GetUtcNow(),
                Raw = farm.IsShared ? tokens.Raw.GetRawText() : null,
            };
        }
        finally
        {
            slots.Release();
        }
    }

    private static async Task EnterAsync(CodeExchange exchange, SemaphoreSlim slots)
    {
        if (slots.Wait(0, CancellationToken.None))
        {
            return;
        }

        var options = exchange.Call.Options;
        using var end = new CancellationTokenSource(options.BackchannelTimeout, options.Clock);
        exchange.IsQueued = true;
        try
        {
            await slots.WaitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            throw TooMany();
        }

        exchange.IsQueued = false;
    }

    private void Abandon(CodeExchange exchange)
    {
        if (exchange.Outcome is { } outcome)
        {
            _ = AbandonAsync(exchange, outcome);
        }
    }

    // Nobody has the tokens, and they would live on at Binance.
    private async Task AbandonAsync(CodeExchange exchange, TokenOutcome outcome)
    {
        var call = exchange.Call;
        try
        {
            if (!exchange.IsSent)
            {
                await farm.ReturnAsync(call);
                return;
            }

            if (farm.IsShared)
            {
                await Task.Delay(_grace, call.Options.Clock);
                if (await farm.IsTakenAsync(call))
                {
                    return;
                }
            }

            await revoker.RevokeAsync(call.Scheme, call.Options, outcome.Tokens!.AccessToken, CancellationToken.None);
            Log.AbandonedSignInRevoked(logger, call.Scheme);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.AbandonedSignInNotRevoked(logger, call.Scheme, exception.Message);
        }
        catch (Exception exception)
        {
            // An application's own HTTP handler can throw anything, and its message may hold anything.
            Log.AbandonedSignInNotRevoked(logger, call.Scheme, exception.GetType().Name);
        }
    }

    private sealed record SchemeExchanges(CodeExchangeCache Cache, SemaphoreSlim Slots);
}
