using System.Collections.Concurrent;
using System.Globalization;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// Generated sequences of requests, sign-ins, sign-outs, refreshes, outages and time, whose responses may be lost or late: what is promised of
/// sessions holds after each step.
/// </summary>
public sealed class SessionSequenceTests
{
    private const string CountVariable = "BINANCE_SEQUENCES";
    private const int Count = 150;

    // The same sequences in each run, unless a number is given.
    private const string Start = "20261126,7";

    // What has to happen in a run: sequences in which nobody signs out prove nothing about sign-outs.
    private static readonly string[] _everywhere =
    [
        "a session begins",
        "a session replaces another one",
        "a session is handed over to another cookie",
        "a session that is over is rejected",
        "a session slides",
        "a refresh succeeds",
        "a refresh fails",
        "a refusal ends a session",
        "a sign-out revokes",
        "a sign-out overlaps a refresh",
    ];

    [Theory]
    [InlineData(SessionKind.Cookie)]
    [InlineData(SessionKind.Farm)]
    [InlineData(SessionKind.Server)]
    public async Task Sessions_keep_their_promises_in_every_sequence_of_steps(SessionKind kind)
    {
        var many = Environment.GetEnvironmentVariable(CountVariable);
        var count = int.Parse(many ?? $"{Count}", CultureInfo.InvariantCulture);
        var happened = new ConcurrentDictionary<string, int>();

        await FuzzRun.HoldsAsync(count, many is null ? Start : null, StepSequence.All, async sequence =>
        {
            await SequenceRun.HoldsAsync(kind, sequence, what => happened.AddOrUpdate(what, 1, static (_, times) => times + 1));
            return "a sequence";
        });

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n", happened.OrderByDescending(what => what.Value).Select(what => $"{what.Value} times: {what.Key}")));
        if (count >= Count && !FuzzRun.IsReplay)
        {
            Assert.All(_everywhere, what => Assert.True(happened.ContainsKey(what), $"In no sequence {what}."));
        }
    }

    [Theory]
    [InlineData(SessionKind.Cookie)]
    [InlineData(SessionKind.Farm)]
    [InlineData(SessionKind.Server)]
    public async Task A_slow_sign_out_at_another_process_leaves_the_cookie_of_the_session_that_replaced_its_own(SessionKind kind)
    {
        // Ten times, because the processes read and write the cache on threads of their own.
        for (var i = 0; i < 10; i++)
        {
            await SequenceRun.HoldsAsync(
                kind,
                new(
                [
                    new Step.SignIn(0, 0, Delivery.Delivered),
                    new Step.Open(0, 1, Work.SignOut),
                    new Step.SignIn(0, 1, Delivery.Delivered),
                    new Step.Finish(0, Delivery.Delivered),
                ]),
                static _ => { });
        }
    }
}
