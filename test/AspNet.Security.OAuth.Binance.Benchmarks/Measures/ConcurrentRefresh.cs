using System.Globalization;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Many requests at once with one session whose access token has expired: one of them refreshes, the others wait for it.
/// </summary>
internal static class ConcurrentRefresh
{
    /// <summary>The time that a refresh takes: about a round trip to another continent.</summary>
    public static readonly TimeSpan UsualResponseTime = TimeSpan.FromMilliseconds(200);

    /// <returns>The number of calls to Binance.</returns>
    public static async Task<int> RunAsync(int requests, TimeSpan responseTime)
    {
        using var binance = new SlowBinance(responseTime);
        await using var site = Site.Create(Contender.Ours, Server.InMemory(binance));
        var session = ExpiredSession(site.Services);
        var connections = Enumerable.Range(0, requests).Select(_ => new Connection(site)).ToArray();
        var statuses = await Task.WhenAll(connections.Select(connection => Task.Run(() => connection.SendAsync(Site.UserPath, "", session).AsTask())));
        if (statuses.Any(status => status != 200))
        {
            throw new InvalidOperationException("A request was not treated as one of a signed-in user.");
        }

        Array.ForEach(connections, connection => connection.Dispose());
        return binance.Calls;
    }

    private static string ExpiredSession(IServiceProvider services)
    {
        using var signedIn = new InMemorySite(Contender.Ours);
        var options = services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var separator = signedIn.SessionCookie.IndexOf('=', StringComparison.Ordinal);
        var ticket = options.TicketDataFormat.Unprotect(signedIn.SessionCookie[(separator + 1)..])!;
        ticket.Properties.UpdateTokenValue("expires_at", TimeProvider.System.GetUtcNow().AddHours(-1).ToString("o", CultureInfo.InvariantCulture));
        return $"{signedIn.SessionCookie[..separator]}={options.TicketDataFormat.Protect(ticket)}";
    }

    private sealed class SlowBinance(TimeSpan responseTime) : HttpMessageHandler
    {
        private int _calls;

        public int Calls => _calls;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            await Task.Delay(responseTime, TimeProvider.System, cancellationToken);
            return new() { Content = new StringContent("""{"access_token":"new","refresh_token":"newer","token_type":"bearer","expires_in":30714}""") };
        }
    }
}
