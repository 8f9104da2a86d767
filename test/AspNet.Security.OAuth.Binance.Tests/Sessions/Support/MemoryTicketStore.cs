using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Sessions on the server, as bytes: what is read is a copy, as from a store outside of the process. It keeps the keys that were ever removed.
/// </summary>
internal sealed class MemoryTicketStore : ITicketStore
{
    private readonly ConcurrentDictionary<string, byte[]> _tickets = [];
    private readonly ConcurrentDictionary<string, bool> _removed = [];

    public ICollection<string> Keys => _tickets.Keys;

    public ICollection<string> RemovedKeys => _removed.Keys;

    public AuthenticationTicket Single() => TicketSerializer.Default.Deserialize(Assert.Single(_tickets).Value)!;

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Guid.NewGuid().ToString();
        await RenewAsync(key, ticket);
        return key;
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        _tickets[key] = TicketSerializer.Default.Serialize(ticket);
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key)
        => Task.FromResult(_tickets.TryGetValue(key, out var ticket) ? TicketSerializer.Default.Deserialize(ticket) : null);

    public Task RemoveAsync(string key)
    {
        _removed[key] = _tickets.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
