namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The site of the README in a process of its own, on a free port of 127.0.0.1.
/// </summary>
internal sealed class ReadmeSite : IAsyncDisposable
{
    private readonly ReadmeService _service;

    private ReadmeSite(ReadmeService service) => _service = service;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_service.Rest);

    /// <summary>Starts the site, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead. The message is what it printed.</exception>
    public static async Task<ReadmeSite> StartAsync(string environment, params string[] settings)
        => new(await ReadmeService.StartAsync(ReadmeProgram.Site, "Now listening on: ", environment, ["--urls", "http://127.0.0.1:0", .. settings]));

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
