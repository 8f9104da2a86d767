using Medallion.Threading;
using Medallion.Threading.Postgres;
using Npgsql;

namespace SampleWeb.Hosting;

/// <summary>
/// The farm's lock in PostgreSQL: an advisory lock of a connection, which needs no table, and which PostgreSQL releases when the
/// connection ends, also when the process was killed.
/// </summary>
internal static class PostgresLock
{
    // In seconds. The connection string overrides these values. The TCP keep-alives are the server's: with their default PostgreSQL keeps
    // the lock of a machine that lost its power or its network for two hours.
    private const string Defaults =
        "Timeout=2;Command Timeout=2;Application Name=SampleWeb;Options=-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    /// <summary>
    /// Adds an <see cref="IDistributedLockProvider"/>, which connects when it is first needed.
    /// </summary>
    /// <exception cref="StartupException">The connection string is invalid.</exception>
    public static void AddPostgresLock(this IServiceCollection services, string connectionString)
        => services.AddSingleton<IDistributedLockProvider>(new PostgresDistributedSynchronizationProvider(Parse(connectionString)));

    private static string Parse(string connectionString)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder($"{Defaults};{connectionString}");
            return builder.Host is { Length: > 0 } ? builder.ConnectionString : throw new ArgumentException("There is no host.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Not repeated: there may be a password in it.
            throw new StartupException("ConnectionStrings:Postgres is not as Npgsql has it, for example Host=localhost;Database=site;Username=site;Password=…", exception);
        }
    }
}
