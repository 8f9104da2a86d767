using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// A cache entry that cannot be decrypted, because another program wrote it or its data-protection key was revoked, is not an outage.
/// </summary>
public sealed class UnreadableOutcomeTests
{
    [Fact(Timeout = 40_000)]
    public async Task Unreadable_outcome_of_one_session_does_not_affect_others()
    {
        await using var farm = await Farm.StartAsync();
        var (one, other) = (await farm.First.SignedInAsync(), await farm.Second.SignedInAsync());
        var before = await other.SessionAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        var late = one.Copy(farm.Second);
        await one.SessionAsync();
        foreach (var key in farm.Store.Keys)
        {
            farm.Store.Tamper(key, [1, 2, 3]);
        }

        await late.SessionAsync();

        Assert.NotEqual(before.AccessToken, (await other.SessionAsync()).AccessToken);
        farm.Second.AssertWarned(0);
    }
}
