using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// The commands that a site with a distributed cache sends to it, with the session in the cookie and with the session on the server. There is
/// no distributed lock, so no outcome of a call to Binance is shared with other processes.
/// </summary>
internal static class CacheCommands
{
    public static async Task<IReadOnlyCollection<Measurement>> CountAsync()
        => [.. await CountAsync(Contender.Ours), .. await CountAsync(Contender.OnServer)];

    private static async Task<IEnumerable<Measurement>> CountAsync(Contender contender)
    {
        var cache = new CountingCache();
        await using var site = new SessionSite(contender, services => services.AddSingleton<IDistributedCache>(cache));
        var session = "";
        var signIn = await CountAsync(async () => session = await site.SignInAsync());
        var request = await CountAsync(() => site.RequestAsync(session));
        var signOut = await CountAsync(() => site.SignOutAsync(session));

        session = await site.SignInAsync();
        site.MakeDue();
        var refresh = await CountAsync(() => site.RefreshAsync(session));
        return
        [
            new(Names.AuthenticatedRequest, Names.CacheCommands, contender, request),
            new(Names.Refresh, Names.CacheCommands, contender, refresh),
            new(Names.SignIn, Names.CacheCommands, contender, signIn),
            new(Names.SignOut, Names.CacheCommands, contender, signOut),
        ];

        async Task<int> CountAsync(Func<Task> step)
        {
            var before = cache.Commands;
            await step();
            return cache.Commands - before;
        }
    }

    private sealed class CountingCache : IDistributedCache
    {
        private readonly MemoryDistributedCache _entries = new(Options.Create(new MemoryDistributedCacheOptions()));
        private int _commands;

        public int Commands => _commands;

        private MemoryDistributedCache Counted
        {
            get
            {
                Interlocked.Increment(ref _commands);
                return _entries;
            }
        }

        public byte[]? Get(string key) => Counted.Get(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Counted.GetAsync(key, token);

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Counted.Set(key, value, options);

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
            => Counted.SetAsync(key, value, options, token);

        public void Refresh(string key) => Counted.Refresh(key);

        public Task RefreshAsync(string key, CancellationToken token = default) => Counted.RefreshAsync(key, token);

        public void Remove(string key) => Counted.Remove(key);

        public Task RemoveAsync(string key, CancellationToken token = default) => Counted.RemoveAsync(key, token);
    }
}
