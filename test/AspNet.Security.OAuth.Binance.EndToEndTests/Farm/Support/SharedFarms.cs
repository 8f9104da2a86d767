namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The tests of web farms, which run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class WebFarmGroup : ICollectionFixture<SharedFarms>
{
    public const string Name = "Web farm";
}

/// <summary>
/// Farms for tests that neither stop a store nor read the log: starting three processes takes longer than such a test. Each test begins with a
/// user without sessions, and an emulator after its start.
/// </summary>
public sealed class SharedFarms : IAsyncDisposable
{
    private readonly Dictionary<bool, WebFarm> _farms = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var farm in _farms.Values)
        {
            await farm.DisposeAsync();
        }
    }

    /// <summary>The farm with the sessions on the server, or in the cookie. Its lock is in Redis.</summary>
    internal async Task<WebFarm> GetAsync(bool onServer)
    {
        if (!_farms.TryGetValue(onServer, out var farm))
        {
            farm = await WebFarm.StartAsync(TestContext.Current.CancellationToken, WebFarm.Sessions(onServer));
            _farms.Add(onServer, farm);
        }

        await farm.ResetAsync();
        return farm;
    }
}
