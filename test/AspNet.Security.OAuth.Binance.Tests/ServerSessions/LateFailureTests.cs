using System.Collections.Concurrent;
using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A cache that hangs, and fails when nobody waits any more.
/// </summary>
public sealed class LateFailureTests
{
    [Fact]
    public async Task A_command_that_fails_after_its_time_is_no_unobserved_exception()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Observe(object? sender, UnobservedTaskExceptionEventArgs arguments) => unobserved.Enqueue(arguments.Exception);
        TaskScheduler.UnobservedTaskException += Observe;
        try
        {
            await HangAndFailAsync();
            for (var i = 0; i < 5; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Observe;
        }

        Assert.DoesNotContain(unobserved, exception => exception.ToString().Contains(nameof(LateFailureTests), StringComparison.Ordinal));
    }

    private static async Task HangAndFailAsync()
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = await site.SignedInAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Store().InsteadOfRead = () => gate.Task;
        var timer = site.Clock.NextTimer(TimeSpan.FromSeconds(3));
        var answer = browser.SendAsync("/");
        await timer;
        while (!answer.IsCompleted)
        {
            site.Clock.Pass(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).Status);
        gate.SetException(new IOException(nameof(LateFailureTests)));
        await Assert.ThrowsAsync<IOException>(() => gate.Task);
    }
}
