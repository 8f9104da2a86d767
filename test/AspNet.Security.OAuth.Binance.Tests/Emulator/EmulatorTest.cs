using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A test with an emulator and a visitor of its own.</summary>
public abstract class EmulatorTest : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected BinanceEmulator Emulator { get; private set; } = null!;

    private protected Visitor Visitor { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        Visitor = new Visitor(Emulator);
    }

    public async ValueTask DisposeAsync()
    {
        Visitor.Dispose();
        await Emulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
