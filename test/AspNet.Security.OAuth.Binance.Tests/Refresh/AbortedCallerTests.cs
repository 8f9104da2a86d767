using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

public sealed class AbortedCallerTests
{
    [Fact]
    public async Task Refresh_continues_for_the_other_requests_when_the_first_one_is_aborted()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();

        var first = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var arrived = site.Requests.Next(10);
        var others = browser.SendManyAsync(10);
        await arrived;
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        hold.Release();

        Assert.All(await others, response => Assert.True(response.Session.SignedIn));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Refresh_of_an_aborted_request_serves_the_next_request()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            using var abort = new CancellationTokenSource();
            var page = browser.SendUntilAsync("/session", abort.Token);
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            await abort.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
        }

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }
}
