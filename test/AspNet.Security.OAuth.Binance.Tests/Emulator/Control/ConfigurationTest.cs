using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>A test with a configuration file in a folder of its own.</summary>
public abstract class ConfigurationTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("binance-emulator-").FullName;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected string Folder => _folder;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected void AssertRefused(int line, string words, string json)
    {
        var path = Write(json);

        var message = Assert.Throws<InvalidDataException>(() => new BinanceEmulatorOptions().ReadConfiguration(path)).Message;

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"The configuration file {path} is refused, line {line}: {words}"), message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
    }

    protected void Read(string json) => new BinanceEmulatorOptions().ReadConfiguration(Write(json));

    protected string Write(string json)
    {
        var path = Path.Combine(_folder, "emulator.json");
        File.WriteAllText(path, json);
        return path;
    }
}
