using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A fourth process, which is killed during its refresh call. Redis keeps its lock until the lease ends; PostgreSQL releases it.
/// </summary>
internal static class DeadLockHolder
{
    /// <summary>Lets it begin to refresh a browser's tokens, which the emulator does not see, and kills it.</summary>
    public static async Task KillAsync(WebFarm farm, FarmBrowser browser, params (string Key, string Value)[] settings)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var killed = await farm.StartSiteAsync(cancellation, settings);
        using var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var lost = browser.GetMeAsync(killed, browser.Session!);
        await hold.WaitForCallsAsync(1, cancellation);
        await killed.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => lost);

        // Wait until the emulator has recorded the aborted request, so that it is not counted later.
        await farm.Binance.Requests.WaitForAsync(request => request.GrantType == "refresh_token", cancellation);
    }

    /// <summary>Lets the lease of its lock end, which takes 30 seconds otherwise.</summary>
    public static Task EndLeaseAsync(WebFarm farm) => farm.Redis.DeleteAsync("*:lock");
}
