using AspNet.Security.OAuth.Binance.Diagnostics;
using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One call across processes for one refresh token, and for one code, when the application has registered a distributed lock and a
/// distributed cache: a process holds the lock while it reads again, calls and writes. Without them each process makes its own call; while they are unavailable,
/// only if the call cannot wait for them.
/// </summary>
internal sealed class WebFarm(IServiceProvider services, FarmLocks locks, FarmStores stores, SessionRegistry sessions, SafeLogger<WebFarm> logger)
{
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>();

    /// <summary>Gets a value indicating whether outcomes are shared with other processes.</summary>
    public bool IsShared => locks.IsAvailable && _cache is not null;

    /// <summary>Makes a call, or returns the outcome of another process.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayGoAlone">Returns whether the call cannot wait for the lock and the cache to be available.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="sent">Runs after it was sent and its outcome was written: in a web farm before the lock is released.</param>
    /// <exception cref="RefreshPostponedException">The lock or the cache is unavailable, and the call can wait.</exception>
    /// <exception cref="BinanceAuthenticationException">The call failed, here or in another process.</exception>
    public async Task<TokenOutcome> RunAsync(FarmCall call, Func<bool> mayGoAlone, Func<Task<TokenOutcome>> send, Func<TokenOutcome, Task>? sent = null)
    {
        if (!IsShared)
        {
            return await SendAsync();
        }

        var time = call.Options.Clock;
        var hasWaited = false;
        if (stores.CacheHangs(time) || stores.LockHangs(time) || (stores.IsUnavailable(time) && !mayGoAlone()))
        {
            return await AloneAsync();
        }

        var store = new OutcomeStore(_cache!, stores, call);
        var name = OutcomeStore.LockOf(call);
        IDistributedSynchronizationHandle? held;
        try
        {
            if (!call.IsForRevocation && await ReadAsync(call, store) is { } before)
            {
                return before.OrThrow();
            }

            held = await TryAcquireAsync(call, name);
        }
        catch (StoreException)
        {
            return await AloneAsync();
        }

        if (held is null)
        {
            hasWaited = true;
            held = await WaitForOtherAsync(call, name, mayGoAlone);
        }

        try
        {
            TokenOutcome? other;
            try
            {
                other = await ReadAsync(call, store);
            }
            catch (StoreException)
            {
                return await AloneAsync();
            }

            return other is not null ? other.OrThrow() : await CallAndWriteAsync(call, store, send, sent, hasWaited);
        }
        finally
        {
            await ReleaseAsync(call, held);
        }

        Task<TokenOutcome> AloneAsync() => hasWaited && call.IsCode ? throw NotKnown() : mayGoAlone() ? SendAsync() : throw new RefreshPostponedException();

        async Task<TokenOutcome> SendAsync()
        {
            var outcome = await send();
            await (sent?.Invoke(outcome) ?? Task.CompletedTask);
            return outcome;
        }
    }

    /// <summary>Finds the outcome of a call of another process.</summary>
    public Task<TokenOutcome?> FindAsync(FarmCall call) => TryAsync(call, store => ReadAsync(call, store), null);

    /// <summary>Waits until another process has released the lock, and removes and returns the tokens of its call.</summary>
    public Task<TokenOutcome?> TakeAsync(FarmCall call) => LockedAsync(
        call,
        async store =>
        {
            var outcome = await ReadAsync(call, store);
            if (outcome?.Tokens is not null)
            {
                await store.RemoveAsync();
            }

            return outcome;
        });

    /// <summary>Removes an outcome of a session that is over.</summary>
    public Task ForgetAsync(FarmCall call) => TryAsync(call, static store => DoneAsync(store.RemoveAsync()), true);

    /// <summary>Stores a refusal as the outcome of a session that is over, because its tokens are revoked.</summary>
    public Task RefuseAsync(FarmCall call, BinanceTokens tokens) => tokens.RefreshToken == call.Secret
        ? ForgetAsync(call)
        : TryAsync(call, static store => DoneAsync(store.WriteAsync(new(null, BinanceFailure.InvalidGrant))), true);

    /// <summary>Counts this process among those that hold the tokens of a code exchange, after it found the outcome of another one.</summary>
    /// <returns><see langword="false"/> if it could not be counted: another process may then revoke the tokens.</returns>
    public Task<bool> HoldAsync(FarmCall call) => LockedAsync(
        call,
        static async store =>
        {
            var holders = await store.ReadHoldersAsync();
            if (holders is 0)
            {
                // Either the cache lost the count, or the last holder has released since the outcome was read.
                return await store.ReadAsync() is not null;
            }

            await store.WriteHoldersAsync(holders + 1);
            return true;
        });

    /// <summary>Releases the hold of this process, which signed no user in with the tokens.</summary>
    /// <returns><see langword="true"/> if no other process holds them, or has signed a user in with them.</returns>
    public Task<bool> ReleaseHoldAsync(FarmCall call) => LockedAsync(
        call,
        static async store =>
        {
            var holders = await store.ReadHoldersAsync();
            if (holders is 0)
            {
                return false;
            }

            await store.WriteHoldersAsync(holders - 1);
            if (holders is 1)
            {
                await store.RemoveAsync();
            }

            return holders is 1;
        });

    private static async Task<bool> DoneAsync(Task step)
    {
        await step;
        return true;
    }

    // The outcome of another session that has ended is not used, because its tokens are revoked.
    private async Task<TokenOutcome?> ReadAsync(FarmCall call, OutcomeStore store)
    {
        var outcome = await store.ReadAsync();
        return outcome is { SessionId: { } id, CookieScheme: { } cookie }
            && id != call.SessionId
            && await sessions.IsRevokedAsync(new(cookie, id), new(call.Scheme, call.Options))
                ? null
                : outcome;
    }

    private static CodeNotSentException NotKnown() => new("the outcome of another process is not known");

    private async Task<T> TryAsync<T>(FarmCall call, Func<OutcomeStore, Task<T>> step, T otherwise)
    {
        try
        {
            return IsShared && !stores.CacheHangs(call.Options.Clock) ? await step(new(_cache!, stores, call)) : otherwise;
        }
        catch (StoreException)
        {
            return otherwise;
        }
    }

    private async Task<T?> LockedAsync<T>(FarmCall call, Func<OutcomeStore, Task<T>> step)
    {
        if (!IsShared || stores.CacheHangs(call.Options.Clock) || stores.LockHangs(call.Options.Clock))
        {
            return default;
        }

        IDistributedSynchronizationHandle? held = null;
        try
        {
            var name = OutcomeStore.LockOf(call);
            held = await TryAcquireAsync(call, name) ?? await WaitForOtherAsync(call, name, static () => true);
            return await step(new(_cache!, stores, call));
        }
        catch (Exception exception) when (exception is StoreException or BinanceAuthenticationException)
        {
            // It is logged already: a store failed, or another process held the lock too long.
            return default;
        }
        finally
        {
            if (held is not null)
            {
                await ReleaseAsync(call, held);
            }
        }
    }

    private Task<IDistributedSynchronizationHandle?> TryAcquireAsync(FarmCall call, string name)
        => locks.TryAcquireAsync(name, TimeSpan.Zero, call.Scheme, call.Options.Clock);

    // Another process is making the same call. Calling without the lock would use the token or the code a second time, which ends
    // sessions; a refresh that is not made does not.
    private async Task<IDistributedSynchronizationHandle> WaitForOtherAsync(FarmCall call, string name, Func<bool> mayGoAlone)
    {
        try
        {
            // Long enough for the call of the other process to time out.
            return await locks.AcquireAsync(name, call.Options.LongestCall + (FallibleStore.Timeout * 2), call.Scheme, call.Options.Clock);
        }
        catch (Exception exception)
        {
            var kind = exception.GetType().Name;
            Log.OtherProcessTimedOut(logger, call.Scheme, kind);
            if (!mayGoAlone())
            {
                throw new RefreshPostponedException();
            }

            throw new BinanceAuthenticationException(
                BinanceFailure.Unavailable, $"Binance's token endpoint: timed out waiting for the request of another process ({kind}).");
        }
    }

    private async Task<TokenOutcome> CallAndWriteAsync(
        FarmCall call, OutcomeStore store, Func<Task<TokenOutcome>> send, Func<TokenOutcome, Task>? sent, bool hasWaited)
    {
        if (hasWaited && call.IsCode)
        {
            throw NotKnown();
        }

        try
        {
            var outcome = await send();
            await WriteAsync(outcome);
            await (sent?.Invoke(outcome) ?? Task.CompletedTask);
            return outcome;
        }
        catch (BinanceAuthenticationException exception) when (exception is not CodeNotSentException)
        {
            await WriteAsync(new(null, exception.Failure));
            throw;
        }

        async Task WriteAsync(TokenOutcome outcome)
        {
            if (await TryAsync(call, _ => DoneAsync(store.WriteAsync(outcome)), false) && call.IsCode && outcome.Tokens is not null)
            {
                await TryAsync(call, _ => DoneAsync(store.WriteHoldersAsync(1)), false);
            }
        }
    }

    private Task ReleaseAsync(FarmCall call, IDistributedSynchronizationHandle held) => locks.ReleaseAsync(held, call.Scheme, call.Options.Clock);
}
