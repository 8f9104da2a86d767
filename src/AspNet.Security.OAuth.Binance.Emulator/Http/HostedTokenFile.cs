namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The token file of an emulator inside an application's own host. It is closed, and readers of the journal end, with the application's services.</summary>
internal sealed class HostedTokenFile(EmulatorServer server) : IDisposable
{
    public void Open() => server.OpenTokenFile();

    public void Dispose() => server.Close();
}
