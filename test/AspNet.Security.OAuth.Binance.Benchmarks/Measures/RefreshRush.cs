using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Many requests at once with one session whose access token has expired: one of them refreshes, the others wait for it.
/// </summary>
internal static class RefreshRush
{
    /// <summary>How long the refresh takes: a call to another continent and back.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(200);

    /// <returns>How often Binance was called for a refresh, and the time until all requests were answered.</returns>
    public static async Task<(int Calls, TimeSpan Time)> RunAsync(int requests, TimeSpan answerTime)
    {
        using var binance = new SlowBinance(answerTime);
        await using var site = Site.Create(Contender.Ours, Server.InMemory(binance));
        var session = ExpiredSession(site.Services);
        var connections = Enumerable.Range(0, requests).Select(_ => new Connection(site)).ToArray();

        var start = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(connections.Select(connection => Task.Run(() => connection.SendAsync(Site.UserPath, "", session).AsTask())));
        var time = Stopwatch.GetElapsedTime(start);

        if (answers.Any(status => status != 200))
        {
            throw new InvalidOperationException("A request was not answered as one of a signed-in user.");
        }

        Array.ForEach(connections, connection => connection.Dispose());
        return (binance.Calls, time);
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

    private sealed class SlowBinance(TimeSpan answerTime) : HttpMessageHandler
    {
        private int _calls;

        public int Calls => _calls;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            await Task.Delay(answerTime, TimeProvider.System, cancellationToken);
            return new() { Content = new StringContent("""{"access_token":"new","refresh_token":"newer","token_type":"bearer","expires_in":30714}""") };
        }
    }
}
