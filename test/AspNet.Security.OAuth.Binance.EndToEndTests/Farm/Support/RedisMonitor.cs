using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Records every command that reaches a Redis, with its arguments (MONITOR).
/// </summary>
internal sealed class RedisMonitor : IDisposable
{
    // What a client sends by itself: it keeps its connections alive, and looks for other servers once a minute.
    private static readonly string[] _maintenance = ["ECHO", "PING", "INFO", "CONFIG", "CLUSTER", "SENTINEL", "TIME", "CLIENT", "HELLO", "SUBSCRIBE"];

    private readonly TcpClient _connection = new();

    /// <summary>One line a command: the time, the client's address, the command and its arguments in quotes.</summary>
    public OutputLines Commands { get; } = new();

    public static async Task<RedisMonitor> StartAsync(int port, CancellationToken cancellationToken)
    {
        var monitor = new RedisMonitor();
        await monitor._connection.ConnectAsync("127.0.0.1", port, cancellationToken);
        var stream = monitor._connection.GetStream();
        await stream.WriteAsync("MONITOR\r\n"u8.ToArray(), cancellationToken);

        var reader = new StreamReader(stream);
        Assert.Equal("+OK", await reader.ReadLineAsync(cancellationToken));
        _ = monitor.ReadAsync(reader);
        return monitor;
    }

    /// <summary>The address that a command came from.</summary>
    public static string Client(string command) => command[(command.IndexOf('[', StringComparison.Ordinal) + 1)..command.IndexOf(']', StringComparison.Ordinal)];

    /// <summary>The number of commands from clients so far, without those of scripts inside Redis, and without the maintenance of connections.</summary>
    public async Task<int> CountAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        // A command may get its response before the monitor reports it. The marker is reported after all commands before it.
        var mark = Guid.NewGuid().ToString();
        await (await redis.ConnectAsync()).GetServers().Single().ExecuteAsync("ECHO", mark);
        await Commands.WaitAsync(commands => commands.Any(command => command.Contains(mark, StringComparison.Ordinal)), cancellationToken);
        return Commands.All.Count(command => Client(command) != "0 lua" && !IsMaintenance(command));
    }

    public void Dispose() => _connection.Dispose();

    // The first text in quotes is the name of the command. StackExchange.Redis reads the key of the tie-breaker to choose between several servers.
    private static bool IsMaintenance(string command)
        => _maintenance.Contains(command.Split('"')[1], StringComparer.OrdinalIgnoreCase) || command.Contains("__Booksleeve_TieBreak", StringComparison.Ordinal);

    private async Task ReadAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                Commands.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Redis was killed, or the monitor was disposed.
        }
        finally
        {
            Commands.End();
        }
    }
}
