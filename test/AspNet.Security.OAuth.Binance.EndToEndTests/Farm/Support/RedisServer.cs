using System.Diagnostics;
using System.Globalization;
using System.Text;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;
using StackExchange.Redis;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A real redis-server (7 or later) on loopback, with a folder of its own, that can be stopped and restarted on the same port.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The prefix of the client names of the test's own connections.</summary>
    public const string TestClients = "test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("binance-farm-redis-");
    private ChildProcess? _process;
    private ConnectionMultiplexer? _connection;

    private RedisServer()
    {
    }

    public int Port { get; private set; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts one on a free port, or skips the test with the reason.</summary>
    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Executable() is null, "No redis-server on this machine: there is none on the PATH, and REDIS_SERVER names none.");

        var server = new RedisServer();
        try
        {
            await LoopbackPort.StartAsync("redis-server", port => server.TryStartAsync(port, cancellationToken));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The test's own connection.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
        => _connection ??= await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true,name={TestClients}");

    /// <summary>Kills it. After a restart it has its data, as with persistence, or is empty.</summary>
    public async Task StopAsync(bool keepData)
    {
        var server = (await ConnectAsync()).GetServers().Single();
        if (keepData)
        {
            await server.ExecuteAsync("SAVE");
        }

        await KillAsync();
    }

    /// <summary>Closes the connections of its clients, except the test's own.</summary>
    /// <returns>Their number.</returns>
    public async Task<int> EndConnectionsAsync()
    {
        var server = (await ConnectAsync()).GetServers().Single();
        var clients = (await server.ClientListAsync()).Where(client => client.Name?.StartsWith(TestClients, StringComparison.Ordinal) is not true).ToList();
        foreach (var client in clients)
        {
            await server.ExecuteAsync("CLIENT", "KILL", "ID", client.Id);
        }

        return clients.Count;
    }

    /// <summary>Lets it accept commands without a response (CLIENT PAUSE), as a machine out of memory or behind a broken network.</summary>
    public async Task HangAsync(TimeSpan time)
        => await (await ConnectAsync()).GetServers().Single().ExecuteAsync("CLIENT", "PAUSE", $"{time.TotalMilliseconds:F0}", "ALL");

    /// <summary>Blocks it (DEBUG SLEEP).</summary>
    public async Task SleepAsync(TimeSpan time)
        => await (await ConnectAsync()).GetServers().Single().ExecuteAsync("DEBUG", ["SLEEP", $"{time.TotalSeconds:F0}"], CommandFlags.FireAndForget);

    /// <summary>Suspends its process (SIGSTOP): the system accepts connections, and no command gets a response.</summary>
    public Task<IAsyncDisposable> HangAsync() => StoppedProcesses.StopAsync(_process!.Id);

    /// <summary>Ages the entries of a pattern: reduces their time to live.</summary>
    public async Task AgeAsync(string pattern, TimeSpan by)
    {
        var connection = await ConnectAsync();
        var database = connection.GetDatabase();
        foreach (var key in connection.GetServers().Single().Keys(pattern: pattern).ToList())
        {
            if (await database.KeyTimeToLiveAsync(key) is { } lifetime)
            {
                await database.KeyExpireAsync(key, lifetime - by);
            }
        }
    }

    /// <summary>Every key and every value, as text that can be searched for secrets.</summary>
    public async Task<IReadOnlyList<string>> ReadAllAsync()
    {
        var connection = await ConnectAsync();
        var database = connection.GetDatabase();
        var texts = new List<string>();
        foreach (var key in connection.GetServers().Single().Keys())
        {
            RedisValue[] values = await database.KeyTypeAsync(key) switch
            {
                RedisType.String => [await database.StringGetAsync(key)],
                RedisType.List => await database.ListRangeAsync(key),
                RedisType.Hash => [.. (await database.HashGetAllAsync(key)).SelectMany(field => new[] { field.Name, field.Value })],

                // Deleted since the keys were listed.
                RedisType.None => [],
                var other => throw new InvalidOperationException($"Nothing here writes a {other}."),
            };
            texts.AddRange([key.ToString(), .. values.Select(value => Encoding.Latin1.GetString((byte[]?)value ?? []))]);
        }

        return texts;
    }

    /// <summary>The memory of each key of a pattern, with its value and the overhead of Redis.</summary>
    public Task<IReadOnlyList<long>> MemoryAsync(string pattern) => AddedMemoryAsync(pattern, null);

    /// <summary>The memory of each key of a pattern that an action added.</summary>
    public async Task<IReadOnlyList<long>> AddedMemoryAsync(string pattern, Func<Task>? action)
    {
        var connection = await ConnectAsync();
        var server = connection.GetServers().Single();
        var before = action is null ? [] : server.Keys(pattern: pattern).ToHashSet();
        await (action?.Invoke() ?? Task.CompletedTask);
        var sizes = new List<long>();
        foreach (var key in server.Keys(pattern: pattern).Except(before).ToList())
        {
            sizes.Add((long)await connection.GetDatabase().ExecuteAsync("MEMORY", "USAGE", key));
        }

        return sizes;
    }

    /// <summary>Deletes the keys of a pattern.</summary>
    public async Task DeleteAsync(string pattern)
    {
        var connection = await ConnectAsync();
        await connection.GetDatabase().KeyDeleteAsync([.. connection.GetServers().Single().Keys(pattern: pattern)]);
    }

    /// <summary>The bytes that Redis received and sent during an action.</summary>
    public async Task<long> TrafficAsync(Func<Task> action)
    {
        var first = await TotalAsync();
        var second = await TotalAsync();
        await action();
        var third = await TotalAsync();

        // The queries of the totals are traffic, too.
        return third - second - (second - first);

        async Task<long> TotalAsync()
        {
            var stats = await (await ConnectAsync()).GetServers().Single().InfoAsync("stats");
            return stats.SelectMany(section => section)
                .Where(value => value.Key is "total_net_input_bytes" or "total_net_output_bytes")
                .Sum(value => long.Parse(value.Value, CultureInfo.InvariantCulture));
        }
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
        => Assert.True(await TryStartAsync(Port, cancellationToken), "redis-server did not get its port back.");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> TryStartAsync(int port, CancellationToken cancellationToken)
    {
        Port = port;
        await KillAsync();
        _process = ChildProcess.Start(new ProcessStartInfo(
            Executable()!,
            [
                "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.FullName,
                "--enable-debug-command", "local",
            ]));
        return await _process.Lines.WaitAsync(
            lines => lines.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal)), cancellationToken);
    }

    private async Task KillAsync()
    {
        // The process first: closing a connection to a server that hangs takes long.
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }

    private static string? Executable()
    {
        if (Environment.GetEnvironmentVariable("REDIS_SERVER") is { Length: > 0 } chosen)
        {
            return File.Exists(chosen) ? chosen : null;
        }

        return Executables.Find("redis-server");
    }
}
