using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page whose request is authenticated and that responds when the test says so. It serves one request.
/// </summary>
internal sealed class SlowPage
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _respond = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends the request, and returns when it waits in the page.</summary>
    /// <returns>The answer that the page is going to give.</returns>
    public async Task<Task<SiteAnswer>> OpenAsync(LifetimeBrowser browser, string path = "/slow")
    {
        var answer = browser.SendAsync(path);
        await Task.WhenAny(_reached.Task, answer).WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(_reached.Task.IsCompleted, "The response came before the page was reached.");
        return answer;
    }

    public void Respond() => _respond.SetResult();

    /// <summary>Where the page, or something before it, waits for the test.</summary>
    public Task WaitAsync()
    {
        _reached.SetResult();
        return _respond.Task;
    }

    public async Task ServeAsync(HttpContext context)
    {
        await WaitAsync();
        await context.Response.WriteAsync("at last", context.RequestAborted);
    }
}
