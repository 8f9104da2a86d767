namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// An entry of the cache that cannot be read, because somebody else wrote it or its data-protection key was revoked, is no outage.
/// </summary>
public sealed class UnreadableEntryTests
{
    [Fact(Timeout = 40_000)]
    public async Task The_unreadable_outcome_of_one_session_leaves_the_refreshes_of_the_others_alone()
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
