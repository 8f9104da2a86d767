using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The sessions in the cache. A session is live if its ticket exists, it has no mark of its end, and it belongs to the current
/// generation of its user's sessions. A session that was ended stays ended, even if a concurrent request writes its ticket again.
/// </summary>
internal sealed class SessionEntries(SessionCache cache, IOptions<BinanceServerSessionsOptions> options)
{
    private const string SinceItem = ".binance.since";
    private const string GenerationItem = ".binance.generation";
    private const string UserItem = ".binance.user";
    private const int LongestEntry = 64 * 1024;

    private static readonly byte[] _ended = [1];

    // A request that read its session before the end may still be running.
    private static readonly TimeSpan _margin = TimeSpan.FromDays(1);

    private TimeSpan MaximumLifetime => options.Value.MaximumLifetime;

    /// <summary>Finds a session.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="user">Its user, or <see langword="null"/> if it has none.</param>
    /// <param name="time">The clock of its cookie.</param>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<FoundSession> FindAsync(string id, string? user, TimeProvider time)
    {
        var reading = FindAsync(id, time);
        var generation = user is null ? null : ReadGenerationAsync(user);
        await Task.WhenAll(reading, generation ?? Task.CompletedTask);
        return await reading is { Ticket: { } ticket } && generation is not null && !IsOf(ticket, await generation)
            ? new(IsEnded: true, null)
            : await reading;
    }

    /// <summary>Finds a session, without the generation of its user's sessions.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<FoundSession> FindAsync(string id, TimeProvider time)
    {
        var ended = cache.ReadAsync(EndedOf(id));
        var stored = cache.ReadAsync(TicketOf(id));
        await Task.WhenAll(ended, stored);
        if ((await ended).Exists)
        {
            return new(IsEnded: true, null);
        }

        return new(
            IsEnded: false,
            (await stored).Value is { } value && Deserialize(id, value) is { } ticket && EndOf(ticket) > time.GetUtcNow() ? ticket : null);
    }

    /// <summary>Finds a session whose user is only known from its ticket.</summary>
    /// <returns>Its ticket, or <see langword="null"/> if it is not live.</returns>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<AuthenticationTicket?> FindLiveAsync(string id, TimeProvider time)
        => await FindAsync(id, time) is { Ticket: { } ticket } && (UserOf(ticket) is not { } user || IsOf(ticket, await ReadGenerationAsync(user))) ? ticket : null;

    /// <summary>Returns the user of a session, if it has one.</summary>
    public static string? UserOf(AuthenticationTicket ticket) => ticket.Properties.GetString(UserItem);

    /// <summary>Returns a value indicating whether a session belongs to the current generation, which means that the user's sessions were not all ended after it began.</summary>
    public static bool IsOf(AuthenticationTicket ticket, Generation generation)
        => !generation.Exists || (generation.Value is { } value && value == ticket.Properties.GetString(GenerationItem));

    /// <summary>Begins a session.</summary>
    /// <returns><see langword="false"/> if it is too long.</returns>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public Task<bool> TryBeginAsync(string id, string? user, AuthenticationTicket ticket, Generation generation, TimeProvider time)
    {
        // TryAdd: a sign-in with the properties of an earlier one does not authenticate the user again.
        ticket.Properties.Items.TryAdd(SinceItem, time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        ticket.Properties.SetString(GenerationItem, generation.Value);
        ticket.Properties.SetString(UserItem, user);
        return TryWriteAsync(id, ticket, time);
    }

    /// <summary>Returns a value indicating whether a ticket has the properties of an earlier session, with which the application signs in again.</summary>
    public static bool IsContinued(AuthenticationTicket ticket) => ticket.Properties.Items.ContainsKey(SinceItem);

    /// <summary>Writes a session that has changed.</summary>
    /// <returns><see langword="false"/> if it is too long.</returns>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<bool> TryWriteAsync(string id, AuthenticationTicket ticket, TimeProvider time)
    {
        var name = TicketOf(id);
        var entry = cache.Seal(name, TicketSerializer.Default.Serialize(ticket));
        if (entry.Length > LongestEntry)
        {
            return false;
        }

        if (EndOf(ticket) - time.GetUtcNow() is var lifetime && lifetime > TimeSpan.Zero)
        {
            await cache.WriteAsync(name, entry, lifetime);
        }

        return true;
    }

    /// <summary>Returns a value indicating whether a session was ended.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<bool> IsEndedAsync(string id) => (await cache.ReadAsync(EndedOf(id))).Exists;

    /// <summary>Ends a session. The mark of the end outlives every request that could write the session again.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task EndAsync(string id, TimeSpan length)
    {
        var name = EndedOf(id);
        await cache.WriteAsync(name, cache.Seal(name, _ended), length + _margin);
        await TryRemoveAsync(id);
    }

    /// <summary>Removes the ticket of a session that was ended. A failure of the cache is ignored, because the mark of the end exists.</summary>
    public async Task TryRemoveAsync(string id)
    {
        try
        {
            await cache.RemoveAsync(TicketOf(id));
        }
        catch (SessionsUnavailableException)
        {
            // SessionCache has logged the failure.
        }
    }

    /// <summary>Reads the generation of a user's sessions.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<Generation> ReadGenerationAsync(string user)
    {
        var (exists, value) = await cache.ReadAsync(GenerationOf(user));
        return new(exists, value is null ? null : Encoding.UTF8.GetString(value));
    }

    /// <summary>Ends all sessions of a user that began before now.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<Generation> BeginGenerationAsync(string user)
    {
        var (name, value) = (GenerationOf(user), SessionName.NewSecret());

        // The entry outlives all earlier sessions. Later ones do not need it then.
        await cache.WriteAsync(name, cache.Seal(name, Encoding.UTF8.GetBytes(value)), MaximumLifetime + _margin);
        return new(true, value);
    }

    /// <summary>Returns the lifetime of a ticket from its renewal.</summary>
    public TimeSpan LengthOf(AuthenticationTicket ticket)
        => ticket.Properties is { ExpiresUtc: { } ends, IssuedUtc: { } begins } && ends - begins < MaximumLifetime ? ends - begins : MaximumLifetime;

    public DateTimeOffset SinceOf(AuthenticationTicket ticket)
        => long.TryParse(ticket.Properties.GetString(SinceItem), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : ticket.Properties.IssuedUtc ?? cache.Time.GetUtcNow();

    /// <summary>Returns when a session ends regardless of sliding expiration, or <see langword="null"/> if the ticket is not one of a session on the server.</summary>
    public DateTimeOffset? LastOf(AuthenticationTicket ticket) => IsContinued(ticket) ? SinceOf(ticket) + MaximumLifetime : null;

    public DateTimeOffset EndOf(AuthenticationTicket ticket)
    {
        var last = SinceOf(ticket) + MaximumLifetime;
        return ticket.Properties.ExpiresUtc is { } ends && ends < last ? ends : last;
    }

    private AuthenticationTicket? Deserialize(string id, byte[] value)
    {
        try
        {
            if (TicketSerializer.Default.Deserialize(value) is { } ticket)
            {
                return ticket;
            }
        }
        catch (Exception)
        {
            // The format of another version of the framework.
        }

        cache.ReportUnreadable(TicketOf(id));
        return null;
    }

    private static string TicketOf(string id) => "ticket:" + id;

    private static string EndedOf(string id) => "ended:" + id;

    private static string GenerationOf(string user) => "generation:" + user;
}

/// <summary>The state of a session in the cache.</summary>
/// <param name="IsEnded">Whether it was ended, alone or with all sessions of its user.</param>
/// <param name="Ticket">Its ticket, or <see langword="null"/> if it is not live.</param>
internal readonly record struct FoundSession(bool IsEnded, AuthenticationTicket? Ticket);

/// <summary>The generation of a user's sessions. The first one begins when all of them are ended for the first time.</summary>
/// <param name="Exists">Whether there is one.</param>
/// <param name="Value">Its random value, or <see langword="null"/> if it cannot be read: no session is live then.</param>
internal readonly record struct Generation(bool Exists, string? Value);
