using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// The client libraries of npm, installed once.
/// </summary>
public sealed class ClientPackages : IDisposable
{
    private Task<NodePackages>? _installed;

    /// <returns>The folder with the programs and their packages.</returns>
    public async Task<string> GetAsync()
    {
        _ = Languages.Npm;
        return (await LazyInitializer.EnsureInitialized(ref _installed, () => NodePackages.InstallAsync(Repository.Clients))).Folder;
    }

    public void Dispose()
    {
        if (_installed is { IsCompletedSuccessfully: true })
        {
            _installed.Result.Dispose();
        }
    }
}
