using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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

    // 128 bits of a hash of random states.
    private const int KeyBytes = 16;

    // Another process may have taken the outcome at the last moment, and has not used it yet.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, SchemeExchanges> _schemes = new(StringComparer.Ordinal);

    /// <summary>Begins a delivery to the exchange of a code; it ends with <see cref="CodeExchange.Leave"/>.</summary>
    /// <exception cref="BinanceAuthenticationException">There are too many.</exception>
    public CodeExchange Join(string scheme, string state, string code, string redirectUri, string? codeVerifier)
    {
        var call = new FarmCall(scheme, schemes.Get(scheme), SecretOf(state, code, redirectUri, codeVerifier), CodeExchangeCache.Lifetime);
        return SchemeOf(scheme).Cache.Join(call) ?? throw TooMany();
    }

    /// <summary>Exchanges a code: once in the web farm, and keeps the outcome.</summary>
    public async Task<TokenOutcome> RunAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        TokenOutcome? outcome = null;
        try
        {
            return outcome = await (farm.IsShared
                ? RunInFarmAsync(exchange, code, redirectUri, codeVerifier)
                : SendAsync(exchange, code, redirectUri, codeVerifier));
        }
        finally
        {
            Keep(exchange, outcome);
        }
    }

    // By the code alone somebody else's sign-in would get its tokens, without the verifier (RFC 7636 section 1). As a hash, so that what
    // was sent is not kept. A state is long: no copies of it.
    private static string SecretOf(string state, string code, string redirectUri, string? codeVerifier)
    {
        ReadOnlySpan<string> parts = [state, code, redirectUri, codeVerifier ?? string.Empty];
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(state.Length + code.Length + redirectUri.Length + (codeVerifier?.Length ?? 0)) + parts.Length);
        try
        {
            var length = 0;
            foreach (var part in parts)
            {
                length += Encoding.UTF8.GetBytes(part, buffer.AsSpan(length));
                buffer[length++] = (byte)'\n';
            }

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length), hash);
            return Convert.ToBase64String(hash[..KeyBytes]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static BinanceAuthenticationException TooMany()
        => new(BinanceFailure.Unavailable, "Binance's token endpoint: too many sign-ins wait for it; the code was not sent.");

    private TimeProvider ClockOf(string scheme) => schemes.Get(scheme).Clock;

    private SchemeExchanges SchemeOf(string scheme)
        => _schemes.GetOrAdd(
            scheme, static (scheme, all) => new(new CodeExchangeCache(all.ClockOf(scheme), all.Abandon), new SemaphoreSlim(AtOnce)), this);

    private void Keep(CodeExchange exchange, TokenOutcome? outcome)
    {
        var cache = SchemeOf(exchange.Call.Scheme).Cache;
        if (!exchange.IsSent && outcome is null)
        {
            // A code that was not sent is not spent: the next delivery may send it.
            cache.Remove(exchange);
        }

        cache.Keep(exchange, (outcome?.At ?? exchange.Call.Options.Clock.GetUtcNow()) + CodeExchangeCache.Lifetime, isSuccess: outcome is not null);
    }

    private async ValueTask<TokenOutcome> RunInFarmAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var outcome = await farm.RunAsync(exchange.Call, () => SendAsync(exchange, code, redirectUri, codeVerifier).AsTask());

        // The process that sent the code would otherwise revoke what this sign-in uses.
        return exchange.IsSent || await farm.TakeAsync(exchange.Call)
            ? outcome
            : throw new BinanceAuthenticationException(
                BinanceFailure.Unavailable, "Binance's token endpoint: the outcome of another process could not be taken over.");
    }

    // Pooled, as the call itself is.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenOutcome> SendAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var (options, slots) = (exchange.Call.Options, SchemeOf(exchange.Call.Scheme).Slots);
        await EnterAsync(exchange, slots);
        try
        {
            exchange.IsSent = true;
            var tokens = await options.GetSignInClient().ExchangeCodeAsync(code, redirectUri, codeVerifier, exchange.EndOfCall());
            return new(tokens, null)
            {
                SessionId = IssuedTickets.NewSessionId(),
                At = options.Clock.GetUtcNow(),
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
