namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The worker of docs/tokens.md, as a reader pastes it: compiled, and started as a process of its own.
/// </summary>
public sealed class ReadmeWorkerTests
{
    [Fact]
    public async Task Worker_refreshes_tokens_of_the_emulator_that_it_starts()
    {
        await using var worker = await StartAsync("Development");

        Assert.Equal("a-user are fresh.", worker.Rest);
    }

    [Fact]
    public async Task Worker_without_credentials_and_emulator_says_which_setting_is_missing()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync("Production"));

        Assert.Contains("Authentication:Schemes:Binance:ClientId", exception.Message, StringComparison.Ordinal);
    }

    private static Task<ReadmeService> StartAsync(string environment) => ReadmeService.StartAsync(ReadmeProgram.Worker, "The tokens of ", environment);
}
