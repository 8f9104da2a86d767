using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Times requests whose access token is due for a refresh, with the session in the cookie and with the session on the server. Each request
/// has a session of its own, which signed in before, and the contenders take turns.
/// </summary>
internal static class Refreshes
{
    /// <summary>Long enough for tiered compilation to finish.</summary>
    public static readonly Length Usual = new(WarmUp: 5_000, Pause: TimeSpan.FromSeconds(1), Sessions: 5_000);

    public static async Task<IReadOnlyCollection<Measurement>> RunAsync(Length length)
    {
        await using SessionSite inCookie = new(Contender.Ours), onServer = new(Contender.OnServer);
        (Contender Contender, SessionSite Site, List<string> Sessions, List<double> Times)[] turns
            = [(Contender.Ours, inCookie, [], []), (Contender.OnServer, onServer, [], [])];
        foreach (var (_, site, sessions, _) in turns)
        {
            while (sessions.Count < length.WarmUp + length.Sessions)
            {
                sessions.Add(await site.SignInAsync());
            }

            site.MakeDue();
        }

        for (var i = 0; i < length.WarmUp + length.Sessions; i++)
        {
            if (i == length.WarmUp / 2 || i == length.WarmUp)
            {
                await Task.Delay(length.Pause, TimeProvider.System);
            }

            Random.Shared.Shuffle(turns);
            foreach (var (_, site, sessions, times) in turns)
            {
                var start = Stopwatch.GetTimestamp();
                await site.RefreshAsync(sessions[i]);
                times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            }
        }

        return
        [
            .. turns
                .OrderBy(turn => turn.Contender)
                .Select(turn => new Measurement(Names.Refresh, Names.Nanoseconds, turn.Contender, Median.Of(turn.Times.Skip(length.WarmUp)))),
        ];
    }

    /// <param name="WarmUp">Sessions of each contender whose refresh is not timed.</param>
    /// <param name="Pause">Time for tiered compilation, after each half of those.</param>
    /// <param name="Sessions">Sessions of each contender whose refresh is timed.</param>
    internal sealed record Length(int WarmUp, TimeSpan Pause, int Sessions);
}
