using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cache command that hangs, and fails after its timeout.
/// </summary>
public sealed class LateFailureTests
{
    [Fact]
    public async Task A_command_that_fails_after_its_timeout_raises_no_unobserved_exception()
    {
        using var unobserved = new UnobservedExceptions();

        await HangAndFailAsync();
        for (var i = 0; i < 5; i++)
        {
            unobserved.Collect();
        }

        Assert.DoesNotContain(unobserved.Reported, exception => exception.ToString().Contains(nameof(LateFailureTests), StringComparison.Ordinal));
    }

    private static async Task HangAndFailAsync()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var command = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Store().InsteadOfRead = () => command.Task;
        var timer = site.Clock.NextTimer(TimeSpan.FromSeconds(3));
        var response = browser.SendAsync("/");
        await timer;
        while (!response.IsCompleted)
        {
            site.Clock.Pass(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await response).Status);
        command.SetException(new IOException(nameof(LateFailureTests)));
        await Assert.ThrowsAsync<IOException>(() => command.Task);
    }
}
