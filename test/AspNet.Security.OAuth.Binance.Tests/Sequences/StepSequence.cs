using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// A sequence of steps. FsCheck's own state machine (<c>FsCheck.Experimental.Machine</c>) is not used: its <c>Setup.Actual</c> and
/// <c>Operation.Check</c> are synchronous, so that each step would block a thread while other requests are held.
/// </summary>
internal sealed record StepSequence(IReadOnlyList<Step> Steps)
{
    private const int Longest = 24;

    public static Arbitrary<StepSequence> All { get; } = Arb.From(Gen.Choose(3, Longest).SelectMany(Of), sequence => sequence.Smaller());

    public override string ToString() => string.Join("\n  ", Steps.Select((step, index) => $"{index + 1}. {step}"));

    // A sequence begins with a session: a visitor without one has nothing to lose.
    private static Gen<StepSequence> Of(int length)
        => from first in Gen.Elements(0, 1)
           from steps in Gen.ArrayOf(OneStep, length)
           select new StepSequence([new Step.SignIn(0, first, Delivery.Delivered), .. steps]);

    private static Gen<Step> OneStep { get; } = Gen.Frequency(
        (12, from browser in Browser
             from process in Process
             from work in OneWork
             from server in Gen.Frequency((8, Gen.Constant(Server.Works)), (2, Gen.Constant(Server.IsUnavailable)), (1, Gen.Constant(Server.Refuses)))
             from delivery in OneDelivery
             select (Step)new Step.Visit(browser, process, work, server, delivery)),
        (6, from browser in Browser
            from process in Process
            from work in OneWork
            select (Step)new Step.Open(browser, process, work)),
        (6, from index in Gen.Choose(0, 3)
            from delivery in OneDelivery
            select (Step)new Step.Finish(index, delivery)),
        (2, Gen.Choose(0, 3).Select(Step (index) => new Step.Deliver(index))),
        (3, from browser in Browser
            from count in Gen.Choose(2, 4)
            select (Step)new Step.VisitAtOnce(browser, count)),
        (2, from browser in Browser
            from process in Process
            from other in Process
            select (Step)new Step.SignOutDuringRefresh(browser, process, other)),
        (4, from browser in Browser
            from user in Gen.Choose(0, 1)
            from delivery in OneDelivery
            select (Step)new Step.SignIn(browser, user, delivery)),
        (2, from browser in Browser
            from process in Process
            from user in Gen.Choose(0, 1)
            select (Step)new Step.Challenge(browser, process, user)),
        (3, from index in Gen.Choose(0, 3)
            from process in Process
            from times in Gen.Elements(Enum.GetValues<Callbacks>())
            from delivery in OneDelivery
            select (Step)new Step.Callback(index, process, times, delivery)),
        (2, from browser in Browser
            from process in Process
            select (Step)new Step.RefreshByService(browser, process)),
        (1, Browser.Select(Step (browser) => new Step.RevokeAtServer(browser))),
        (12, Gen.Frequency(
            (2, Gen.Constant(Wait.Second)),
            (2, Gen.Constant(Wait.HalfAMinute)),
            (3, Gen.Constant(Wait.NineMinutes)),
            (3, Gen.Constant(Wait.ElevenMinutes)),
            (6, Gen.Constant(Wait.UntilTokensAreDue)),
            (3, Gen.Constant(Wait.UntilTokensHaveExpired)),
            (3, Gen.Constant(Wait.HalfOfTheSession)),
            (1, Gen.Constant(Wait.UntilTheSessionHasExpired)),
            (1, Gen.Constant(Wait.TwentyDays))).Select(Step (wait) => new Step.Pass(wait))));

    // Most steps are of one browser: two interleave more often in it.
    private static Gen<int> Browser => Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)));

    private static Gen<int> Process => Gen.Choose(0, 1);

    private static Gen<Work> OneWork => Gen.Frequency(
        (10, Gen.Constant(Work.Show)),
        (3, Gen.Constant(Work.ShowBoth)),
        (2, Gen.Constant(Work.SignOut)),
        (2, Gen.Constant(Work.SignOutAtLogoutPath)),
        (1, Gen.Constant(Work.SignOutOther)),
        (2, Gen.Constant(Work.HandOver)));

    private static Gen<Delivery> OneDelivery => Gen.Frequency(
        (6, Gen.Constant(Delivery.Delivered)), (2, Gen.Constant(Delivery.Lost)), (2, Gen.Constant(Delivery.Late)));

    // Halves first: a long sequence loses most of its steps in few runs.
    private IEnumerable<StepSequence> Smaller()
    {
        for (var size = Steps.Count / 2; size >= 1; size /= 2)
        {
            for (var at = Steps.Count - size; at >= 0; at -= size)
            {
                yield return new([.. Steps.Take(at), .. Steps.Skip(at + size)]);
            }
        }

        for (var at = 0; at < Steps.Count; at++)
        {
            foreach (var simpler in Steps[at].Simpler())
            {
                yield return new([.. Steps.Take(at), simpler, .. Steps.Skip(at + 1)]);
            }
        }
    }
}
