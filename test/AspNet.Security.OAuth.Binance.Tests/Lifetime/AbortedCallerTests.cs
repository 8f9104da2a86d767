using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

public sealed class AbortedCallerTests
{
    [Fact]
    public async Task The_first_caller_aborts_during_the_refresh_and_the_others_get_the_tokens()
    {
        await using var site = await LifetimeSite.StartAsync();
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

        Assert.All(await others, answer => Assert.True(answer.Session.SignedIn));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task The_only_caller_aborts_and_comes_again_to_the_tokens_of_the_first_call()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();

        var first = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        hold.Release();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }
}
