using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Emulators;

/// <summary>
/// A process of a contender after its first response.
/// </summary>
internal sealed class RunningEmulator : IAsyncDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private readonly EmulatorContender _contender;
    private readonly Process _process;

    private RunningEmulator(EmulatorContender contender, Process process, HttpClient http, TimeSpan firstResponse)
        => (_contender, _process, Http, FirstResponse) = (contender, process, http, firstResponse);

    /// <summary>Gets the time from the start of the process to the first response with 200.</summary>
    public TimeSpan FirstResponse { get; }

    /// <summary>Gets the resident memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Gets the time of processors that it has taken so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Gets how many sign-ins it has served.</summary>
    public int SignIns { get; private set; }

    private HttpClient Http { get; }

    public static async Task<RunningEmulator> StartAsync(EmulatorContender contender)
    {
        var port = FreePort();
        var start = contender.Start(port);
        start.RedirectStandardOutput = true;
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new($"http://127.0.0.1:{port}") };
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        try
        {
            while (!await IsThereAsync(http, contender.FirstPage))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(began) > _longest)
                {
                    throw new InvalidOperationException($"{contender.Name} does not respond.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            return new(contender, process, http, Stopwatch.GetElapsedTime(began));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Signs in again and again, for a time.</summary>
    /// <param name="atOnce">How many at once.</param>
    /// <param name="time">How long.</param>
    /// <returns>Sign-ins a second.</returns>
    public async Task<double> FlowsPerSecondAsync(int atOnce, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(number => Task.Factory.StartNew(() => Load(number), TaskCreationOptions.LongRunning)));
        SignIns += count;
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;

        void Load(int number)
        {
            using var connection = new FlowConnection(Http.BaseAddress!.Port);
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                _contender.SignIn(connection, $"{number}");
                Interlocked.Increment(ref count);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> IsThereAsync(HttpClient http, string page)
    {
        try
        {
            using var response = await http.GetAsync(page);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
