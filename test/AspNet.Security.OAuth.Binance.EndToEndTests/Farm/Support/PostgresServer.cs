using System.Diagnostics;
using System.Globalization;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;
using Npgsql;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A real PostgreSQL on loopback, with a cluster of its own, that can be stopped and restarted on the same port.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // No password: the server listens on loopback, for one test.
    private const string User = "farm";

    // PostgreSQL refuses to run as root. Debian's package makes this user of the system.
    private const string SystemUser = "postgres";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("binance-farm-postgres-");
    private ChildProcess? _process;

    private PostgresServer()
    {
    }

    public int Port { get; private set; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres";

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>Starts one on a free port, or skips the test with the reason.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(
            Executable("postgres") is null || Executable("initdb") is null,
            "No PostgreSQL on this machine: there is none on the PATH or in /usr/lib/postgresql, and POSTGRES_BIN names no folder of one.");

        var server = new PostgresServer();
        try
        {
            await server.CreateAsync(cancellationToken);
            await LoopbackPort.StartAsync("postgres", port => server.TryStartAsync(port, cancellationToken));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connections of its clients, as a proxy or an operator does: the idle ones, or all.</summary>
    /// <returns>Their number, after they have ended.</returns>
    public async Task<int> EndConnectionsAsync(bool idleOnly, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() {(idleOnly ? "AND state = 'idle'" : "")}
            """;
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Kills all its processes, which releases every lock.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
        => Assert.True(await TryStartAsync(Port, cancellationToken), "postgres did not get its port back.");

    /// <summary>Suspends all its processes (SIGSTOP): the system accepts connections, and no command gets a response.</summary>
    public Task<IAsyncDisposable> HangAsync() => StoppedProcesses.StopAsync(_process!.Id);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", [SystemUser, _folder.FullName]), cancellationToken);
        }

        await RunAsync(
            Start("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"), cancellationToken);
    }

    private async Task<bool> TryStartAsync(int port, CancellationToken cancellationToken)
    {
        Port = port;
        await StopAsync();
        _process = ChildProcess.Start(Start(
            "postgres",
            "-D", Data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder.FullName}", "-c", "fsync=off"));
        return await _process.Lines.WaitAsync(
            lines => lines.Any(line => line.Contains("ready to accept connections", StringComparison.Ordinal)), cancellationToken);
    }

    private static async Task RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        await using var process = ChildProcess.Start(start);
        var code = await process.EndAsync(cancellationToken);
        Assert.True(code == 0, $"{start.FileName} ended with {code}:\n{string.Join('\n', process.Lines.All)}");
    }

    // setpriv executes the program in its own process, so that the id stays the same.
    private ProcessStartInfo Start(string program, params string[] arguments)
    {
        var path = Executable(program)!;
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", SystemUser, "--regid", SystemUser, "--init-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);

        // The system's user may have no access to the working directory of the tests.
        start.WorkingDirectory = _folder.FullName;
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static string? Executable(string name)
    {
        if (Environment.GetEnvironmentVariable("POSTGRES_BIN") is { Length: > 0 } chosen)
        {
            var path = Path.Combine(chosen, name);
            return File.Exists(path) ? path : null;
        }

        // Debian puts no server on the PATH, and one folder a version.
        const string Versions = "/usr/lib/postgresql";
        return Executables.Find(name, Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Select(version => Path.Combine(version, "bin")) : []);
    }
}
