namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Closes the token file and the journal's readers of an emulator in an application's host, when its services are disposed.</summary>
internal sealed class HostedTokenFile(EmulatorServer server) : IDisposable
{
    public void Open() => server.OpenTokenFile();

    public void Dispose() => server.Close();
}
