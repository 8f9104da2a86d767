using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// A page that responds when the test allows it. It serves one request.
/// </summary>
internal sealed class SlowPage
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _respond = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends the request, and returns when it waits in the page.</summary>
    /// <returns>The response, which completes after <see cref="Respond"/>.</returns>
    public async Task<Task<SiteResponse>> OpenAsync(SiteBrowser browser, string path = "/slow")
    {
        var response = browser.SendAsync(path);
        await Task.WhenAny(_reached.Task, response).WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(_reached.Task.IsCompleted, "The response came before the page was reached.");
        return response;
    }

    /// <summary>Signs in, and opens the page when the session has an age.</summary>
    public async Task<(SiteBrowser Browser, Task<SiteResponse> Response)> OpenAtAgeAsync(TestSite site, TimeSpan age)
    {
        var browser = await site.SignedInAsync();
        site.Clock.Pass(age);
        return (browser, await OpenAsync(browser));
    }

    /// <summary>Signs out at another process of the site, before the page responds.</summary>
    /// <returns>The browser after both responses.</returns>
    public async Task<SiteBrowser> SignOutElsewhereAsync(SiteBrowser browser, TestSite elsewhere, Task<SiteResponse> response)
    {
        var there = browser.Copy(elsewhere);
        await there.GetAsync("/sign-out");

        Respond();
        there.Receive(await response);
        return there;
    }

    public void Respond() => _respond.SetResult();

    /// <summary>Waits for the test, in the page or in an event before it.</summary>
    public Task WaitAsync()
    {
        _reached.SetResult();
        return _respond.Task;
    }

    /// <summary>A page that reads the session, waits for the test, and signs in with the ticket that it read.</summary>
    public async Task SignInAgainAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync();
        await WaitAsync();
        await context.SignInAsync(session.Principal!, session.Properties);
    }

    public async Task ServeAsync(HttpContext context)
    {
        await WaitAsync();
        await context.Response.WriteAsync("a slow page", context.RequestAborted);
    }
}
