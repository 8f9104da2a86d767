using System.Runtime.InteropServices;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

internal static class Program
{
    private const int Ok = 0;
    private const int CannotStart = 1;
    private const int WrongUsage = 2;

    public static async Task<int> Main(string[] args)
    {
        // Registered before the start, so that a signal during the start is handled, too.
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var commandLine = CommandLine.Parse(args);
            if (commandLine.Information is { } information)
            {
                Console.Out.WriteLine(information);
                return Ok;
            }

            await RunAsync(commandLine, stop.Task);
            return Ok;
        }
        catch (UsageException exception)
        {
            return Fail(exception, WrongUsage);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
        {
            return Fail(exception, CannotStart);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static async Task RunAsync(CommandLine commandLine, Task stop)
    {
        var showsRequests = false;
        await using var binance = await BinanceEmulator.StartAsync(options => showsRequests = commandLine.Apply(options));
        Accounts.Check(binance);
        using var log = showsRequests ? RequestLog.Start(binance.Requests, Console.Out) : null;
        Console.Out.WriteLine(Introduction.Of(binance));
        await stop;
    }

    private static int Fail(Exception exception, int exitCode)
    {
        Console.Error.WriteLine($"binance-emulator: {Words.Of(exception)}");
        return exitCode;
    }
}
