
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// An attacker who has a session of their own and may write to the cache of a farm, but has no keys.
/// </summary>
public sealed class SharedOutcomeTests
{
    [Fact]
    public async Task An_outcome_that_is_copied_to_the_key_of_another_session_discloses_no_tokens()
    {
        await using var farm = await Farm.StartAsync();
        var victim = await farm.First.SignedInAsync();
        var attacker = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var attackersOldCookie = attacker.Copy(farm.Second);

        var victims = (await victim.SessionAsync()).AccessToken!;
        await attacker.SessionAsync();
        var written = farm.Store.Written
            .Where(entry => entry.Life == TimeSpan.FromMinutes(10) && !entry.Key.EndsWith(":holders", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(2, written.Length);
        await farm.Store.SetAsync(
            written[1].Key,
            written[0].Value,
            new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) },
            TestContext.Current.CancellationToken);
        var stolen = await attackersOldCookie.SessionAsync();

        Assert.True(farm.First.Emulator.Tokens.IsLive(victims));
        Assert.NotEqual(victims, stolen.AccessToken);
        Assert.NotEqual(victims, (await attackersOldCookie.SessionAsync()).AccessToken);
        Assert.True((await victim.SessionAsync()).SignedIn);
    }
}
