namespace AspNet.Security.OAuth.Binance.Tests.Load;

/// <summary>
/// Tests that have the machine to themselves, as far as this assembly goes.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
