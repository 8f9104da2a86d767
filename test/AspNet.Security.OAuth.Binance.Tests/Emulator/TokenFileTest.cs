using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A test with a token file in a folder of its own.</summary>
public abstract class TokenFileTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emulator-tokens-");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected string FilePath => Path.Combine(_folder.FullName, "data", "tokens.json");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected Task<BinanceEmulator> StartAsync() => BinanceEmulator.StartAsync(options => options.TokenFile = FilePath, Cancellation);
}
