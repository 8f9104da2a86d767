using AspNet.Security.OAuth.Binance.Diagnostics;
using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One call across processes for one refresh token, and for one code, when the application has registered a distributed lock and a
/// distributed cache: the lock is held around read again, call, write. With neither, or when they are unavailable, this process calls alone.
/// </summary>
internal sealed class WebFarm(IServiceProvider services, FarmLocks locks, FarmOutage outage, ILogger<WebFarm> logger)
{
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>();

    /// <summary>Gets a value indicating whether outcomes are shared with other processes.</summary>
    public bool IsShared => locks.IsAvailable && _cache is not null;

    /// <exception cref="BinanceAuthenticationException">The call failed, here or in another process.</exception>
    public async Task<TokenOutcome> RunAsync(FarmCall call, Func<Task<TokenOutcome>> send)
    {
        if (Store(call) is not { } store)
        {
            return await send();
        }

        var name = OutcomeStore.LockOf(call);
        TokenOutcome? before;
        IDistributedSynchronizationHandle? held = null;
        try
        {
            before = await store.ReadAsync();
            held = before is null ? await TryAcquireAsync(call, name) : null;
        }
        catch (Exception exception)
        {
            Report(call, exception);
            return await send();
        }

        if (before is not null)
        {
            return before.OrThrow();
        }

        var hasWaited = held is null;
        held ??= await WaitForOtherAsync(call, name);
        try
        {
            return await ReadCallWriteAsync(call, store, send, hasWaited);
        }
        finally
        {
            await ReleaseAsync(call, held);
        }
    }

    /// <summary>Finds the outcome of a call of another process.</summary>
    public Task<TokenOutcome?> FindAsync(FarmCall call) => TryAsync(call, static store => store.ReadAsync(), null);

    /// <summary>Forgets an outcome of a session that is over.</summary>
    public Task ForgetAsync(FarmCall call) => TryAsync(call, static store => DoneAsync(store.RemoveAsync()), true);

    /// <summary>Counts this process among those that hold the tokens of a code exchange, after it found the outcome of another one.</summary>
    /// <returns><see langword="false"/> if it could not be counted: another process may then revoke the tokens.</returns>
    public Task<bool> HoldAsync(FarmCall call) => LockedAsync(
        call,
        static async store =>
        {
            var holders = await store.ReadHoldersAsync();
            if (holders is 0)
            {
                // The count alone is lost, or the last holder has let go since the outcome was read.
                return await store.ReadAsync() is not null;
            }

            await store.WriteHoldersAsync(holders + 1);
            return true;
        });

    /// <summary>Ends the hold of this process, which signed nobody in with the tokens.</summary>
    /// <returns><see langword="true"/> if no process is left that holds them, or has signed somebody in with them.</returns>
    public Task<bool> LetGoAsync(FarmCall call) => LockedAsync(
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

    private OutcomeStore? Store(FarmCall call) => IsShared && !outage.Hangs(call.Options.Clock) ? new(_cache!, call) : null;

    private void Report(FarmCall call, Exception exception) => outage.Report(exception, call.Scheme, call.Options.Clock);

    private async Task<T> TryAsync<T>(FarmCall call, Func<OutcomeStore, Task<T>> step, T otherwise)
    {
        try
        {
            return Store(call) is { } store ? await step(store) : otherwise;
        }
        catch (Exception exception)
        {
            Report(call, exception);
            return otherwise;
        }
    }

    private async Task<bool> LockedAsync(FarmCall call, Func<OutcomeStore, Task<bool>> step)
    {
        if (Store(call) is not { } store)
        {
            return false;
        }

        IDistributedSynchronizationHandle? held = null;
        try
        {
            var name = OutcomeStore.LockOf(call);
            held = await TryAcquireAsync(call, name) ?? await WaitForOtherAsync(call, name);
            return await step(store);
        }
        catch (BinanceAuthenticationException)
        {
            // Another process holds the lock too long, which is logged already.
            return false;
        }
        catch (Exception exception)
        {
            Report(call, exception);
            return false;
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

    // Another process is making this very call. To go ahead without its lock would spend the token or the code a second time, which ends
    // sessions; not to have refreshed this once does not.
    private async Task<IDistributedSynchronizationHandle> WaitForOtherAsync(FarmCall call, string name)
    {
        // The other's call is over when it has timed out.
        using var timeout = new CancellationTokenSource(call.Options.LongestCall + (OutcomeStore.Timeout * 2), call.Options.Clock);
        try
        {
            return await locks.AcquireAsync(name, timeout.Token);
        }
        catch (Exception exception)
        {
            var kind = exception.GetType().Name;
            Log.OtherProcessTimedOut(logger, call.Scheme, kind);
            throw new BinanceAuthenticationException(
                BinanceFailure.Unavailable, $"Binance's token endpoint: timed out waiting for the request of another process ({kind}).");
        }
    }

    private async Task<TokenOutcome> ReadCallWriteAsync(FarmCall call, OutcomeStore store, Func<Task<TokenOutcome>> send, bool hasWaited)
    {
        if (await TryAsync(call, _ => store.ReadAsync(), null) is { } meanwhile)
        {
            return meanwhile.OrThrow();
        }

        if (hasWaited && call.IsCode)
        {
            throw new CodeNotSentException("the outcome of another process is not known");
        }

        try
        {
            var outcome = await send();
            await WriteAsync(outcome);
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
