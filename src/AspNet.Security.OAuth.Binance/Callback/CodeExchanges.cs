using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Exchanges each code of each sign-in once, in this process and in a web farm, however often the browser delivers it. The number of concurrent requests is limited,
/// so that invented codes do not make this site flood Binance.
/// </summary>
internal sealed class CodeExchanges(BinanceSchemes schemes, WebFarm farm, TokenRevoker revoker, SafeLogger<CodeExchanges> logger)
{
    private const int AtOnce = 16;

    private readonly ConcurrentDictionary<string, SchemeExchanges> _schemes = new(StringComparer.Ordinal);

    /// <summary>Begins a delivery to the exchange of a code; it ends with <see cref="CodeExchange.EndDelivery"/>.</summary>
    /// <exception cref="BinanceAuthenticationException">There are too many.</exception>
    public CodeExchange Join(string scheme, string state, string code, string redirectUri, string? codeVerifier)
    {
        var key = KeyOf(state, code, redirectUri, codeVerifier);
        return SchemeOf(scheme).Cache.Join(key, scheme, schemes.Get(scheme)) ?? throw TooMany();
    }

    /// <summary>Gives up a code that is waiting for other sign-ins, so that the next delivery may send it.</summary>
    /// <returns><see langword="false"/> if it was sent.</returns>
    public bool TryGiveUp(CodeExchange exchange)
    {
        if (!exchange.TryGiveUp())
        {
            return false;
        }

        SchemeOf(exchange.Scheme).Cache.Remove(exchange);
        return true;
    }

    /// <summary>Exchanges a code, once in the web farm, and keeps the outcome.</summary>
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

    // With the code alone as the key, another sign-in could get the tokens without the verifier (RFC 7636 section 1). A hash, so that neither
    // the code nor the verifier is kept. Hashed from one pooled buffer, because a state is long.
    private static UInt128 KeyOf(string state, string code, string redirectUri, string? codeVerifier)
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
            return BinaryPrimitives.ReadUInt128BigEndian(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static CodeNotSentException TooMany() => new("too many sign-ins are waiting");

    private TimeProvider ClockOf(string scheme) => schemes.Get(scheme).Clock;

    private SchemeExchanges SchemeOf(string scheme)
        => _schemes.GetOrAdd(
            scheme, static (scheme, all) => new(new CodeExchangeCache(all.ClockOf(scheme), all.Abandon), new SemaphoreSlim(AtOnce)), this);

    private void Keep(CodeExchange exchange, TokenOutcome? outcome)
    {
        var cache = SchemeOf(exchange.Scheme).Cache;
        if (!exchange.IsSent && outcome is null)
        {
            // A code that was not sent is not spent: the next delivery may send it. The exchange itself is kept until its failure was observed.
            cache.Remove(exchange);
        }

        cache.Keep(exchange, (outcome?.At ?? exchange.Options.Clock.GetUtcNow()) + CodeExchangeCache.Lifetime, isSuccess: outcome is not null);
    }

    private async ValueTask<TokenOutcome> RunInFarmAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var outcome = await farm.RunAsync(exchange.Call, static () => true, () => SendAsync(exchange, code, redirectUri, codeVerifier).AsTask());

        // Without the hold, the process that sent the code would revoke the tokens that this sign-in uses.
        return exchange.IsSent || await farm.HoldAsync(exchange.Call)
            ? outcome
            : throw new CodeNotSentException("the outcome of another process could not be used");
    }

    // Pooled, as the call itself is.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenOutcome> SendAsync(CodeExchange exchange, string code, string redirectUri, string? codeVerifier)
    {
        var (options, slots) = (exchange.Options, SchemeOf(exchange.Scheme).Slots);
        await EnterAsync(exchange, slots);
        exchange.TakeSlot(slots);
        try
        {
            var (client, end) = (options.GetSignInClient(), exchange.EndOfCall());

            // An application's own HTTP handler may ignore the cancellation.
            using var released = end.UnsafeRegister(static exchange => ((CodeExchange)exchange!).ReleaseSlot(), exchange);
            if (!exchange.TrySend())
            {
                throw TooMany();
            }

            var tokens = await client.ExchangeCodeAsync(code, redirectUri, codeVerifier, end);
            return new(tokens, null)
            {
                SessionId = IssuedTickets.NewSessionId(),
                At = options.Clock.GetUtcNow(),
                Raw = farm.IsShared ? tokens.Raw.GetRawText() : null,
            };
        }
        finally
        {
            exchange.ReleaseSlot();
        }
    }

    private static async Task EnterAsync(CodeExchange exchange, SemaphoreSlim slots)
    {
        if (slots.Wait(0, CancellationToken.None))
        {
            return;
        }

        var options = exchange.Options;
        using var end = new CancellationTokenSource(options.BackchannelTimeout, options.Clock);
        exchange.Queue();
        try
        {
            await slots.WaitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            throw TooMany();
        }
    }

    private void Abandon(CodeExchange exchange)
    {
        if (exchange.Outcome is { } outcome)
        {
            _ = AbandonAsync(exchange, outcome);
        }
    }

    // No session holds the tokens, which would stay valid at Binance.
    private async Task AbandonAsync(CodeExchange exchange, TokenOutcome outcome)
    {
        // A server may give the same tokens to a later sign-in.
        if (SchemeOf(exchange.Scheme).Cache.IsCollectedByOther(exchange, outcome) || (farm.IsShared && !await farm.ReleaseHoldAsync(exchange.Call)))
        {
            return;
        }

        if (await revoker.TryRevokeAsync(exchange.Scheme, exchange.Options, outcome.Tokens!.AccessToken) is { } reason)
        {
            Log.AbandonedSignInNotRevoked(logger, exchange.Scheme, reason);
        }
        else
        {
            Log.AbandonedSignInRevoked(logger, exchange.Scheme);
        }
    }

    private sealed record SchemeExchanges(CodeExchangeCache Cache, SemaphoreSlim Slots);
}
