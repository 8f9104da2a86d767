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
internal sealed class WebFarm(IServiceProvider services, FarmOutage outage, ILogger<WebFarm> logger)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>();

    /// <summary>Gets a value indicating whether outcomes are shared with other processes.</summary>
    public bool IsShared => _locks is not null && _cache is not null;

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
            held = before is null ? await _locks!.TryAcquireLockAsync(name) : null;
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

        held ??= await WaitForOtherAsync(call, name);
        try
        {
            return await ReadCallWriteAsync(call, store, send);
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

    /// <summary>Notes that this process took the outcome of another one, which is no longer responsible for the tokens in it.</summary>
    /// <returns><see langword="false"/> if the cache failed.</returns>
    public Task<bool> TakeAsync(FarmCall call) => TryAsync(call, static store => DoneAsync(store.TakeAsync()), false);

    /// <summary>Notes that this process did not use what it took.</summary>
    public Task ReturnAsync(FarmCall call) => TryAsync(call, static store => DoneAsync(store.ReturnAsync()), true);

    /// <summary>Returns a value indicating whether another process took the outcome. If the cache failed, it may have.</summary>
    public Task<bool> IsTakenAsync(FarmCall call) => TryAsync(call, static store => store.IsTakenAsync(), true);

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

    // Another process is making this very call. To go ahead without its lock would spend the token or the code a second time, which ends
    // sessions; not to have refreshed this once does not.
    private async Task<IDistributedSynchronizationHandle> WaitForOtherAsync(FarmCall call, string name)
    {
        // The other's call is over when it has timed out.
        using var timeout = new CancellationTokenSource(call.Options.GetClient().RefreshTimeout + (OutcomeStore.Timeout * 2), call.Options.Clock);
        try
        {
            return await _locks!.AcquireLockAsync(name, timeout: null, timeout.Token);
        }
        catch (Exception exception)
        {
            var kind = exception.GetType().Name;
            Log.OtherProcessTimedOut(logger, call.Scheme, kind);
            throw new BinanceAuthenticationException(
                BinanceFailure.Unavailable, $"Binance's token endpoint: timed out waiting for the request of another process ({kind}).");
        }
    }

    private async Task<TokenOutcome> ReadCallWriteAsync(FarmCall call, OutcomeStore store, Func<Task<TokenOutcome>> send)
    {
        if (await TryAsync(call, _ => store.ReadAsync(), null) is { } meanwhile)
        {
            return meanwhile.OrThrow();
        }

        try
        {
            var outcome = await send();
            await WriteAsync(outcome);
            return outcome;
        }
        catch (BinanceAuthenticationException exception)
        {
            await WriteAsync(new(null, exception.Failure));
            throw;
        }

        Task WriteAsync(TokenOutcome outcome) => TryAsync(call, _ => DoneAsync(store.WriteAsync(outcome)), true);
    }

    // A lock whose release fails ends by itself, and costs nobody the outcome.
    private async Task ReleaseAsync(FarmCall call, IDistributedSynchronizationHandle held)
    {
        try
        {
            await held.DisposeAsync();
        }
        catch (Exception exception)
        {
            Report(call, exception);
        }
    }
}
