
namespace AspNet.Security.OAuth.Binance.Tests.Support;

/// <summary>
/// Tests that run without any other test of this assembly, because they measure or observe the whole process.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
