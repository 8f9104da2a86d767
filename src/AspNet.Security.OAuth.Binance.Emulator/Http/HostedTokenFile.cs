namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The token file of an emulator inside an application's own host. It is closed with the application's services.</summary>
internal sealed class HostedTokenFile(EmulatorServer server) : IDisposable
{
    public void Open() => server.OpenTokenFile();

    public void Dispose() => server.Tokens.Close();
}
