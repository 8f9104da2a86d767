using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>
/// Where a delivery of a callback waits.
/// </summary>
public enum DeliveryPoint
{
    /// <summary>For the response of the token endpoint.</summary>
    TokenRequest,

    /// <summary>For the response of user-info.</summary>
    UserRequest,

    /// <summary>In the application's <c>OnCreatingTicket</c>.</summary>
    CreatingTicket,

    /// <summary>In the application's <c>OnTicketReceived</c>.</summary>
    TicketReceived,

    /// <summary>In the <c>OnSigningIn</c> of the application's cookie.</summary>
    SigningIn,

    /// <summary>In the <c>OnSignedIn</c> of the application's cookie.</summary>
    SignedIn,
}

/// <summary>
/// Stops the first delivery of a callback at a point, until the test releases it or the browser aborts it.
/// </summary>
internal sealed class DeliveryStop(DeliveryPoint point)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EmulatorHold? _hold;
    private int _passed;

    public void Configure(SiteSetup setup)
    {
        var (binance, cookie) = (setup.Binance, setup.Cookie);
        setup.Binance = options =>
        {
            binance(options);
            options.Events.OnCreatingTicket = context => PassAsync(context.HttpContext, DeliveryPoint.CreatingTicket);
            options.Events.OnTicketReceived = context => PassAsync(context.HttpContext, DeliveryPoint.TicketReceived);
        };
        setup.Cookie = options =>
        {
            cookie(options);
            options.Events.OnSigningIn = context => PassAsync(context.HttpContext, DeliveryPoint.SigningIn);
            options.Events.OnSignedIn = context => PassAsync(context.HttpContext, DeliveryPoint.SignedIn);
        };
    }

    /// <summary>Delivers a callback, and returns when it waits at the point.</summary>
    /// <returns>The response, when it arrives.</returns>
    public Task<Task<SiteResponse>> DeliverAsync(TestSite site, SiteBrowser browser, string callback)
        => DeliverUntilAsync(site, browser, callback, CancellationToken.None);

    /// <summary>Delivers a callback in a request that can be aborted, and returns when it waits at the point.</summary>
    /// <returns>The response, when it arrives.</returns>
    public async Task<Task<SiteResponse>> DeliverUntilAsync(TestSite site, SiteBrowser browser, string callback, CancellationToken aborted)
    {
        _hold = point switch
        {
            DeliveryPoint.TokenRequest => site.Emulator.Faults.Hold(EmulatorEndpoint.Token),
            DeliveryPoint.UserRequest => site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo),
            _ => null,
        };
        var reached = _hold?.WaitForCallsAsync(1, TestContext.Current.CancellationToken) ?? _reached.Task;
        var delivery = browser.DeliverCallbackUntilAsync(callback, aborted);
        await Task.WhenAny(reached, delivery).WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(reached.IsCompleted, "The response came before the point was reached.");
        return delivery;
    }

    /// <summary>Delivers a callback in a request that the browser aborts at the point, perhaps after something else has happened.</summary>
    public async Task AbortAsync(TestSite site, SiteBrowser browser, string callback, Func<Task>? before = null)
    {
        using var closing = new CancellationTokenSource();
        var delivery = await DeliverUntilAsync(site, browser, callback, closing.Token);
        await (before?.Invoke() ?? Task.CompletedTask);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        Release();
    }

    public void Release()
    {
        _hold?.Release();
        _released.TrySetResult();
    }

    private Task PassAsync(HttpContext context, DeliveryPoint at)
    {
        if (at != point || Interlocked.Increment(ref _passed) > 1)
        {
            return Task.CompletedTask;
        }

        _reached.SetResult();
        return _released.Task.WaitAsync(context.RequestAborted);
    }
}
