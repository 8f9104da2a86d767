
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// The sessions of a site, or of all processes of a farm, and their entries outside of the cookies.
/// </summary>
/// <param name="place">Where they are kept.</param>
/// <param name="cookieSchemes">The cookies whose sessions they are. The default is the cookie that Binance signs in to.</param>
internal sealed class SessionStorage(SessionPlace place, params string[] cookieSchemes)
{
    private readonly CookieTicketStore _store = new();
    private SharedStore? _cache;

    public SessionPlace Place => place;

    /// <summary>Whether a cookie holds a key.</summary>
    public bool IsStored => place is not SessionPlace.Cookie;

    /// <summary>Whether the sessions are kept by <c>AddBinanceServerSessions</c>.</summary>
    public bool IsOnServer => place is SessionPlace.Server;

    /// <summary>The cache of a site whose sessions are on the server.</summary>
    public SharedStore Cache => _cache!;

    /// <summary>The existing entries, one for each stored session. Their names are the keys only in a ticket store.</summary>
    public IReadOnlyList<string> Entries => place switch
    {
        SessionPlace.TicketStore => [.. _store.Keys],
        SessionPlace.Server => Cache.Tickets(),
        _ => [],
    };

    /// <summary>The names of all entries that were ever removed.</summary>
    public IReadOnlyList<string> Removed => place switch
    {
        SessionPlace.TicketStore => [.. _store.Removed],
        SessionPlace.Server => [.. Cache.Removed.Where(IsEntry)],
        _ => [],
    };

    /// <summary>Runs before an existing entry is written; throws, or completes when the test allows it.</summary>
    public Func<Task>? BeforeRenewal
    {
        set
        {
            _store.BeforeRenewal = value;
            if (IsOnServer)
            {
                Cache.Commands.Before = (command, key)
                    => command is StoreCommand.Set && Entries.Contains(key) && value is not null ? value() : Task.CompletedTask;
            }
        }
    }

    /// <summary>Adds the storage to a site. It is the last step of a set-up, because a later assignment would replace it.</summary>
    public void Configure(SiteSetup setup)
    {
        var authentication = setup.Authentication;
        setup.Authentication = builder =>
        {
            authentication(builder);
            Configure(builder);
        };
    }

    /// <summary>Completes when the existing entry has been written again.</summary>
    public Task NextRenewal() => IsOnServer ? Cache.Commands.Next(StoreCommand.Set, Assert.Single(Entries)) : _store.Renewals.Next(1);

    /// <summary>Drops an entry, as a cache or a database does that loses data.</summary>
    public async Task LoseAsync(string entry)
        => await (IsOnServer ? Cache.RemoveAsync(entry, TestContext.Current.CancellationToken) : _store.RemoveAsync(entry));

    /// <summary>The ticket of a cookie's session, in the cookie or the store.</summary>
    public async Task<AuthenticationTicket> TicketAsync(TestSite site, string cookie)
        => IsStored ? (await FindAsync(site, site.StoreKey(cookie)))! : site.Ticket(cookie);

    /// <summary>The stored session of a key.</summary>
    public Task<AuthenticationTicket?> FindAsync(TestSite site, string key)
        => site.CookieOptions(cookieSchemes.FirstOrDefault("Cookies")).SessionStore!.RetrieveAsync(key);

    /// <summary>Asserts that the sessions of these cookies are stored, and no others.</summary>
    public async Task AssertHoldsAsync(TestSite site, params string[] cookies)
    {
        if (!IsStored)
        {
            return;
        }

        Assert.Equal(cookies.Length, Entries.Count);
        foreach (var cookie in cookies)
        {
            Assert.NotNull(await FindAsync(site, site.StoreKey(cookie)));
        }

        Assert.Empty(Entries.Intersect(Removed));
    }

    private void Configure(AuthenticationBuilder builder)
    {
        if (place is SessionPlace.TicketStore)
        {
            foreach (var scheme in cookieSchemes.DefaultIfEmpty("Cookies"))
            {
                builder.Services.Configure<CookieAuthenticationOptions>(scheme, cookie => cookie.SessionStore = _store);
            }
        }
        else if (place is SessionPlace.Server)
        {
            _cache ??= new((TimeProvider)builder.Services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance!);
            builder.Services.AddSingleton<IDistributedCache>(_cache);
            if (cookieSchemes is [])
            {
                builder.AddBinanceServerSessions();
            }

            foreach (var scheme in cookieSchemes)
            {
                builder.AddBinanceServerSessions(scheme);
            }
        }
    }

    private static bool IsEntry(string cacheKey) => cacheKey.StartsWith(ServerSite.Ticket, StringComparison.Ordinal);
}
