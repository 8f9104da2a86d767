using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A fourth process, which is killed in the middle of its call. Redis keeps its lock for a while; PostgreSQL releases it.
/// </summary>
internal static class DeadLockHolder
{
    /// <summary>Lets it begin to refresh a visitor's tokens, which the emulator does not see, and kills it.</summary>
    public static async Task KillAsync(WebFarm farm, Visitor visitor, params (string Key, string Value)[] settings)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var killed = await farm.StartSiteAsync(cancellation, settings);
        using var hold = farm.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var lost = visitor.MeAsync(killed, visitor.Session!);
        await hold.WaitForCallsAsync(1, cancellation);
        await killed.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => lost);

        // The emulator has noticed, and will not count it later.
        await farm.Binance.Requests.WaitForAsync(request => request.GrantType == "refresh_token", cancellation);
    }

    /// <summary>Lets the lease of its lock end, which takes 30 seconds otherwise.</summary>
    public static Task EndLeaseAsync(WebFarm farm) => farm.Redis.DeleteAsync("*:lock");
}
