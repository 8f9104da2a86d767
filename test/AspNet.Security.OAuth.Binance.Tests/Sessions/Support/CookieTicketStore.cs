using System.Collections.Concurrent;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// Keeps the tickets of sessions as bytes, as a store outside of the process does: a read returns a copy, and the renewal of a
/// removed key restores it.
/// </summary>
internal sealed class CookieTicketStore : ITicketStore
{
    private readonly ConcurrentDictionary<string, byte[]> _tickets = [];
    private readonly ConcurrentDictionary<string, bool> _removed = [];

    /// <summary>The keys of the stored sessions.</summary>
    public ICollection<string> Keys => _tickets.Keys;

    /// <summary>The keys of all sessions that were ever removed.</summary>
    public ICollection<string> Removed => _removed.Keys;

    /// <summary>Runs before an existing key is written; throws, or completes when the test allows it.</summary>
    public Func<Task>? BeforeRenewal { get; set; }

    /// <summary>Runs before a key is read.</summary>
    public Func<Task>? BeforeRead { get; set; }

    /// <summary>Counts the writes of existing keys.</summary>
    public CallCounter Renewals { get; } = new();

    public AuthenticationTicket? Find(string key) => _tickets.TryGetValue(key, out var ticket) ? TicketSerializer.Default.Deserialize(ticket) : null;

    public void Write(string key, AuthenticationTicket ticket) => _tickets[key] = TicketSerializer.Default.Serialize(ticket);

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Guid.NewGuid().ToString();
        Write(key, ticket);
        return Task.FromResult(key);
    }

    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        await (BeforeRenewal?.Invoke() ?? Task.CompletedTask);
        Write(key, ticket);
        Renewals.Add();
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        await (BeforeRead?.Invoke() ?? Task.CompletedTask);
        return Find(key);
    }

    public Task RemoveAsync(string key)
    {
        _tickets.TryRemove(key, out _);
        _removed[key] = true;
        return Task.CompletedTask;
    }
}
