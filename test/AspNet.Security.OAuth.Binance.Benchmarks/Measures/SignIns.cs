using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Whole sign-ins of one contender: its site on Kestrel, the emulator on Kestrel, browsers on sockets. All of them share the machine's
/// cores, so the figures compare contenders and do not show the capacity of a server.
/// </summary>
internal sealed class SignIns : IAsyncDisposable
{
    /// <summary>The numbers of browsers that sign in at the same time.</summary>
    public static readonly int[] Concurrencies = [1, 8, 64];

    private readonly Site _site;
    private readonly HttpClient _browsers = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private SignIns(Site site) => _site = site;

    public static async Task<SignIns> StartAsync(Contender contender, BinanceEmulator emulator)
        => new(await Site.StartAsync(contender, new Server(emulator.BaseAddress)));

    /// <returns>Sign-ins per second.</returns>
    public async Task<double> RunAsync(int concurrency, int count)
    {
        var left = count;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await SignInAsync();
            }
        })));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        _browsers.Dispose();
        await _site.DisposeAsync();
    }

    private async Task SignInAsync()
    {
        var (authorize, correlation) = await FollowAsync(new Uri(_site.Address, Site.LoginPath), cookie: null);
        var (callback, _) = await FollowAsync(authorize, cookie: null);
        var (_, session) = await FollowAsync(callback, correlation);
        if (session is null)
        {
            throw new InvalidOperationException("The sign-in ended without a session.");
        }
    }

    private async Task<(Uri Location, string? Cookie)> FollowAsync(Uri address, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (cookie is not null)
        {
            request.Headers.Add(HeaderNames.Cookie, cookie);
        }

        using var response = await _browsers.SendAsync(request);
        var location = response.Headers.Location
            ?? throw new InvalidOperationException($"{address.AbsolutePath} returned {(int)response.StatusCode} instead of a redirect.");
        var set = response.Headers.TryGetValues(HeaderNames.SetCookie, out var values)
            ? SetCookieHeaderValue.ParseList([.. values]).Single(value => value.Value.Length > 0)
            : null;
        return (location, set is null ? null : $"{set.Name}={set.Value}");
    }
}
