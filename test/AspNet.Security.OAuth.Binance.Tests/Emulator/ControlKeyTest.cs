using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A test with an emulator that can allow a host, so that the control key is required.</summary>
public abstract class ControlKeyTest : EmulatorTest
{
    protected const string Key = "a-key-of-16-chars+/=&%";

    public static TheoryData<string> Pages => ["/", "/emulator"];

    /// <summary>Gets the parameter with the key.</summary>
    protected static string KeyQuery { get; } = $"?key={Uri.EscapeDataString(Key)}";

    protected void Open() => Open(Emulator);

    protected static void Open(BinanceEmulator emulator)
    {
        emulator.Options.ControlKey = Key;
        emulator.Options.AllowedHosts.Add("abc.example.com");
    }

    protected Task<HttpResponseMessage> GetAsync(string path, params string[] headers) => Visitor.Http.SendAsync(HttpMethod.Get, path, headers);
}
