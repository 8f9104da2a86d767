namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// Tests that hear everything that happens in this process. They run when no other test does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Secrets, heard alone";
}
