using AspNet.Security.OAuth.Binance.Diagnostics;
using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One refresh per refresh token across processes, when the application has registered a distributed lock and a distributed cache: the
/// lock is held around read again, call, write. With neither, or when they are unavailable, this process refreshes alone.
/// </summary>
internal sealed class WebFarm(IServiceProvider services, FarmOutage outage, ILogger<WebFarm> logger)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>();

    /// <exception cref="BinanceAuthenticationException">The refresh failed, here or in another process.</exception>
    public async Task<BinanceTokens> RefreshAsync(
        string scheme, BinanceAuthenticationOptions options, string refreshToken, Func<Task<BinanceTokens>> call)
    {
        if (_locks is null || _cache is null || outage.Hangs(options.Clock))
        {
            return await call();
        }

        var store = new OutcomeStore(_cache, options, scheme, refreshToken);
        var name = OutcomeStore.LockOf(scheme, refreshToken);
        RefreshOutcome? before;
        IDistributedSynchronizationHandle? held = null;
        try
        {
            before = await store.ReadAsync();
            held = before is null ? await _locks.TryAcquireLockAsync(name) : null;
        }
        catch (Exception exception)
        {
            outage.Report(exception, scheme, options.Clock);
            return await call();
        }

        if (before is not null)
        {
            return before.TokensOrThrow();
        }

        held ??= await WaitForOtherAsync(scheme, options, name);
        try
        {
            return await ReadCallWriteAsync(store, call, Report);
        }
        finally
        {
            await ReleaseAsync(held, Report);
        }

        void Report(Exception exception) => outage.Report(exception, scheme, options.Clock);
    }

    /// <summary>Finds the outcome of a refresh of another process.</summary>
    public async Task<RefreshOutcome?> FindAsync(string scheme, BinanceAuthenticationOptions options, string refreshToken)
    {
        if (_locks is null || _cache is null || outage.Hangs(options.Clock))
        {
            return null;
        }

        try
        {
            return await new OutcomeStore(_cache, options, scheme, refreshToken).ReadAsync();
        }
        catch (Exception exception)
        {
            outage.Report(exception, scheme, options.Clock);
            return null;
        }
    }

    /// <summary>Forgets an outcome of a session that is over.</summary>
    public async Task ForgetAsync(string scheme, BinanceAuthenticationOptions options, string refreshToken)
    {
        if (_locks is null || _cache is null || outage.Hangs(options.Clock))
        {
            return;
        }

        try
        {
            await new OutcomeStore(_cache, options, scheme, refreshToken).RemoveAsync();
        }
        catch (Exception exception)
        {
            outage.Report(exception, scheme, options.Clock);
        }
    }

    // Another process is making this very call. To go ahead without its lock would spend the token a second time, which ends
    // sessions; not to have refreshed this once does not.
    private async Task<IDistributedSynchronizationHandle> WaitForOtherAsync(string scheme, BinanceAuthenticationOptions options, string name)
    {
        // The other's call is over when it has timed out.
        using var timeout = new CancellationTokenSource(options.GetClient().RefreshTimeout + (OutcomeStore.Timeout * 2), options.Clock);
        try
        {
            return await _locks!.AcquireLockAsync(name, timeout: null, timeout.Token);
        }
        catch (Exception exception)
        {
            var failure = new BinanceAuthenticationException(
                BinanceFailure.Unavailable, $"Binance's token endpoint: timed out waiting for another process's refresh ({exception.GetType().Name}).");
            Log.RefreshFailed(logger, LogLevel.Warning, scheme, failure.Failure, failure.Message);
            throw failure;
        }
    }

    private static async Task<BinanceTokens> ReadCallWriteAsync(OutcomeStore store, Func<Task<BinanceTokens>> call, Action<Exception> report)
    {
        RefreshOutcome? meanwhile = null;
        try
        {
            meanwhile = await store.ReadAsync();
        }
        catch (Exception exception)
        {
            report(exception);
        }

        if (meanwhile is not null)
        {
            return meanwhile.TokensOrThrow();
        }

        try
        {
            var tokens = await call();
            await WriteAsync(new(tokens, null));
            return tokens;
        }
        catch (BinanceAuthenticationException exception)
        {
            await WriteAsync(new(null, exception.Failure));
            throw;
        }

        async Task WriteAsync(RefreshOutcome outcome)
        {
            try
            {
                await store.WriteAsync(outcome);
            }
            catch (Exception exception)
            {
                report(exception);
            }
        }
    }

    // A lock whose release fails ends by itself, and costs nobody the outcome.
    private static async Task ReleaseAsync(IDistributedSynchronizationHandle held, Action<Exception> report)
    {
        try
        {
            await held.DisposeAsync();
        }
        catch (Exception exception)
        {
            report(exception);
        }
    }
}
