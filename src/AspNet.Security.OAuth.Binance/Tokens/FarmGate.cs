using AspNet.Security.OAuth.Binance.Wire;
using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The same gate for several processes, when the application has registered a distributed lock and a distributed cache: the lock is held
/// around read again, call, write. With neither, or when they are down, this process refreshes alone.
/// </summary>
internal sealed class FarmGate(IServiceProvider services, ILogger<BinanceAuthenticationHandler> logger)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>();

    public async Task<WireResult<BinanceTokens>> RefreshAsync(
        RefreshKey key, BinanceAuthenticationOptions options, Func<Task<WireResult<BinanceTokens>>> call)
    {
        if (_locks is null || _cache is null)
        {
            return await call();
        }

        var store = new OutcomeStore(_cache, options, key);
        var trouble = new Trouble(logger, key.Scheme);
        IDistributedSynchronizationHandle? held;
        try
        {
            if (await store.ReadAsync() is { } before)
            {
                return before;
            }

            held = await _locks.TryAcquireLockAsync(key.LockName());
        }
        catch (Exception exception)
        {
            trouble.Report(exception);
            return await call();
        }

        return held is null
            ? await AfterTheOtherAsync(key, options, store, trouble, call)
            : await HoldingAsync(held, store, trouble, call);
    }

    /// <summary>What a refresh of another process came to, or <see langword="null"/> if there was none lately, or no farm.</summary>
    public async Task<WireResult<BinanceTokens>?> FindAsync(RefreshKey key, BinanceAuthenticationOptions options)
    {
        if (_locks is null || _cache is null)
        {
            return null;
        }

        try
        {
            return await new OutcomeStore(_cache, options, key).ReadAsync();
        }
        catch (Exception exception)
        {
            Log.FarmUnavailable(logger, exception, key.Scheme);
            return null;
        }
    }

    // Another process is making this very call. Going ahead without its lock would spend the token a second time, and that ends
    // sessions; not having refreshed this once does not.
    private async Task<WireResult<BinanceTokens>> AfterTheOtherAsync(
        RefreshKey key, BinanceAuthenticationOptions options, OutcomeStore store, Trouble trouble, Func<Task<WireResult<BinanceTokens>>> call)
    {
        IDistributedSynchronizationHandle held;

        // The other's call is over when it has timed out.
        using var giveUp = new CancellationTokenSource(options.BackchannelTimeout + (OutcomeStore.Patience * 2), options.Clock());
        try
        {
            held = await _locks!.AcquireLockAsync(key.LockName(), timeout: null, giveUp.Token);
        }
        catch (Exception exception)
        {
            var reason = $"the outcome of another process's refresh could not be had ({exception.GetType().Name})";
            var failure = new WireFailure(BinanceFailure.Unavailable, "token endpoint", reason);
            var level = Log.LevelOf(failure.Kind);
            Log.RefreshFailed(logger, level, key.Scheme, failure.Kind, failure.Message);
            return failure;
        }

        return await HoldingAsync(held, store, trouble, call);
    }

    private static async Task<WireResult<BinanceTokens>> HoldingAsync(
        IDistributedSynchronizationHandle held, OutcomeStore store, Trouble trouble, Func<Task<WireResult<BinanceTokens>>> call)
    {
        try
        {
            return await ReadCallWriteAsync(store, trouble, call);
        }
        finally
        {
            await ReleaseAsync(held, trouble);
        }
    }

    private static async Task<WireResult<BinanceTokens>> ReadCallWriteAsync(
        OutcomeStore store, Trouble trouble, Func<Task<WireResult<BinanceTokens>>> call)
    {
        try
        {
            if (await store.ReadAsync() is { } meanwhile)
            {
                return meanwhile;
            }
        }
        catch (Exception exception)
        {
            trouble.Report(exception);
        }

        var outcome = await call();
        try
        {
            await store.WriteAsync(outcome);
        }
        catch (Exception exception)
        {
            trouble.Report(exception);
        }

        return outcome;
    }

    private static async Task ReleaseAsync(IDistributedSynchronizationHandle held, Trouble trouble)
    {
        try
        {
            await held.DisposeAsync();
        }
        catch (Exception exception)
        {
            trouble.Report(exception);
        }
    }

    // A store that is down is down for every step of a refresh: one warning says so.
    private sealed class Trouble(ILogger logger, string scheme)
    {
        private bool _isReported;

        public void Report(Exception exception)
        {
            if (!_isReported)
            {
                _isReported = true;
                Log.FarmUnavailable(logger, exception, scheme);
            }
        }
    }
}
