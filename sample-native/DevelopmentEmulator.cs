using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;

namespace SampleNative;

/// <summary>
/// Lets a developer without a client id try the program: Binance's OAuth server, emulated in this process.
/// </summary>
internal sealed class DevelopmentEmulator : IAsyncDisposable
{
    private const string ClientId = "sample-native";

    private readonly BinanceEmulator _emulator;

    private DevelopmentEmulator(BinanceEmulator emulator, Server server) => (_emulator, Server) = (emulator, server);

    public Server Server { get; }

    /// <summary>Starts the emulator, with the tokens that it issued the last time.</summary>
    /// <exception cref="SampleException">It cannot start. The message says what to do.</exception>
    public static async Task<DevelopmentEmulator> StartAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var port = arguments.EmulatorPort;
        var store = Server.StoreOf(arguments, port is Arguments.DefaultEmulatorPort ? "emulator" : $"emulator-{port}");
        var tokenFile = $"{store.FilePath}.emulator-tokens";
        try
        {
            var emulator = await BinanceEmulator.StartAsync(options => (options.Port, options.TokenFile) = (port, tokenFile), cancellationToken);
            NameThisProgram(emulator);
            return new(emulator, new(ClientId, BinanceEndpoints.At(emulator.BaseAddress), IntroductionOf(emulator), store));
        }
        catch (InvalidDataException exception)
        {
            throw new SampleException(Text.Of($"The file of the emulator's tokens is broken. Delete it: {tokenFile}"), exception);
        }
        catch (IOException exception)
        {
            throw new SampleException(
                Text.Of($"The emulator cannot use its port {port}, or its file {tokenFile}, perhaps because this program runs in another window. End that, or choose another port: --emulator-port {port + 1}"),
                exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new SampleException(
                Text.Of($"The emulator does not start, because the environment says that this is Production. Unset DOTNET_ENVIRONMENT and ASPNETCORE_ENVIRONMENT."), exception);
        }
    }

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    // The consent page shows the name. Any port, because the system chooses that of the redirect URI.
    private static void NameThisProgram(BinanceEmulator emulator)
    {
        emulator.Clients.Clear();
        emulator.Clients.Add(new EmulatorClient
        {
            ClientId = ClientId,
            Name = "Sample console program",
            RedirectUris = ["http://127.0.0.1/signin-binance"],
            AllowAnyLoopbackPort = true,
        });
    }

    private static string IntroductionOf(BinanceEmulator emulator)
        => Text.Of($"No client id is set, so you sign in at an emulator of Binance in this program, {emulator.BaseAddress.GetLeftPart(UriPartial.Authority)}. Its page in the browser lets you choose an account.");
}
