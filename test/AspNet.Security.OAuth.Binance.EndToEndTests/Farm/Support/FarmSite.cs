using System.Diagnostics;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// One process of the built sample in Production. The test is the proxy that terminates TLS.
/// </summary>
internal sealed class FarmSite : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly ChildProcess _process;

    private FarmSite(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Its console output.</summary>
    public OutputLines Lines => _process.Lines;

    public static async Task<FarmSite> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var program = typeof(Program).Assembly.Location;
        var start = new ProcessStartInfo(Executables.Dotnet, [program]) { WorkingDirectory = Path.GetDirectoryName(program) };
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";

        var process = ChildProcess.Start(start);
        try
        {
            Uri? address = null;
            return await process.Lines.WaitAsync(lines => (address = AddressIn(lines)) is not null, cancellationToken)
                ? new FarmSite(process, address!)
                : throw new InvalidOperationException($"The sample did not start:\n{string.Join('\n', process.Lines.All)}");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public int CountLines(string text) => Count(Lines.All, text);

    /// <summary>Waits until this many lines contain the text.</summary>
    public async Task WaitForLinesAsync(string text, int count, CancellationToken cancellationToken)
        => Assert.True(await Lines.WaitAsync(lines => Count(lines, text) >= count, cancellationToken), "The process has ended.");

    /// <summary>Kills it (SIGKILL).</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int Count(IReadOnlyList<string> lines, string text) => lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    private static Uri? AddressIn(IReadOnlyList<string> lines)
        => lines.FirstOrDefault(line => line.Contains(Listening, StringComparison.Ordinal)) is { } line
            ? new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..])
            : null;
}
