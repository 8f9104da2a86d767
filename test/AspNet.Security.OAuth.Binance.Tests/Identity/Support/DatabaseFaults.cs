using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// Faults that a test injects before the commands of a database run.
/// </summary>
internal sealed class DatabaseFaults : DbCommandInterceptor, ISaveChangesInterceptor
{
    /// <summary>The table of Identity's user tokens.</summary>
    public const string Tokens = "\"AspNetUserTokens\"";

    /// <summary>Runs before a command, with its text; may throw or wait.</summary>
    public Func<string, Task>? BeforeCommand { get; set; }

    /// <summary>Runs before changes are saved, outside of a transaction.</summary>
    public Func<Task>? BeforeSave { get; set; }

    /// <summary>Fails every command whose text contains this one.</summary>
    public void Fail(string text) => BeforeCommand = command => command.Contains(text, StringComparison.Ordinal)
        ? Task.FromException(new InvalidOperationException("the database is unavailable"))
        : Task.CompletedTask;

    public void Recover() => (BeforeCommand, BeforeSave) = (null, null);

    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await (BeforeSave?.Invoke() ?? Task.CompletedTask);
        return result;
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(command);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(command);
        return result;
    }

    private Task BeforeAsync(DbCommand command) => BeforeCommand?.Invoke(command.CommandText) ?? Task.CompletedTask;
}
