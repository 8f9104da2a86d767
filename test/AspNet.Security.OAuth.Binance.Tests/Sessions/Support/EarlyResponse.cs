using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// Middleware that starts the response to /early while the authentication of the request is still in progress.
/// </summary>
internal sealed class EarlyResponse
{
    private readonly TaskCompletionSource _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Use(IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var rest = next(context);
        if (context.Request.Path == "/early")
        {
            await _start.Task;
            await context.Response.StartAsync(context.RequestAborted);
            _started.SetResult();
        }

        await rest;
    });

    /// <summary>Opens /early, and starts its response between the token request and the response with the tokens.</summary>
    public async Task<SiteResponse> RunAsync(TestSite site, SiteBrowser browser)
    {
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var response = browser.SendAsync("/early");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        _start.SetResult();
        await _started.Task.WaitAsync(TestContext.Current.CancellationToken);
        hold.Release();
        return await response;
    }
}
