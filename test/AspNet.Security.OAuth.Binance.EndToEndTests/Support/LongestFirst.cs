using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;
using Xunit.Sdk;
using Xunit.v3;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// Starts the web farms first. Their tests run one after the other and take longest; started last, they would run alone at the end.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => [.. testCollections.OrderBy(collection => collection.TestCollectionDisplayName == WebFarmGroup.Name ? 0 : 1)];
}
