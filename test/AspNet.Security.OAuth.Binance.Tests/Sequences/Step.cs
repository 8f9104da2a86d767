
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// One step of a sequence. Its numbers are taken modulo what there is (processes, held requests), and a step that does not apply is
/// skipped, so that every part of a sequence is a sequence: a failure can be shrunk by leaving steps out.
/// </summary>
internal abstract record Step
{
    /// <summary>The same step with simpler parameters.</summary>
    public virtual IEnumerable<Step> Simpler() => [];

    /// <summary>Sends a request and lets it finish; when its tokens are due, if the server does not work.</summary>
    internal sealed record Visit(int Browser, int Process, Work Work, Server Server, Delivery Delivery) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(Process).Select(process => this with { Process = process }),
            .. Numbers.Smaller(Work).Select(work => this with { Work = work }),
            .. Numbers.Smaller(Server).Select(server => this with { Server = server }),
            .. Numbers.Smaller(Delivery).Select(delivery => this with { Delivery = delivery }),
        ];
    }

    /// <summary>Sends a request that is held in its page, after it was authenticated.</summary>
    internal sealed record Open(int Browser, int Process, Work Work) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(Process).Select(process => this with { Process = process }),
            .. Numbers.Smaller(Work).Select(work => this with { Work = work }),
        ];
    }

    /// <summary>Lets a held request finish.</summary>
    internal sealed record Finish(int Index, Delivery Delivery) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Index).Select(index => this with { Index = index }),
            .. Numbers.Smaller(Delivery).Select(delivery => this with { Delivery = delivery }),
        ];
    }

    /// <summary>Delivers a response that was late.</summary>
    internal sealed record Deliver(int Index) : Step
    {
        public override IEnumerable<Step> Simpler() => Numbers.Smaller(Index).Select(index => this with { Index = index });
    }

    /// <summary>Sends several requests at once with the same cookies, to all processes.</summary>
    internal sealed record VisitAtOnce(int Browser, int Count) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(Count - 2).Select(count => this with { Count = count + 2 }),
        ];
    }

    /// <summary>Signs out at <c>LogoutPath</c>, when the tokens are due, while a request waits for the token endpoint.</summary>
    internal sealed record SignOutDuringRefresh(int Browser, int Process, int SignOutProcess) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(Process).Select(process => this with { Process = process }),
            .. Numbers.Smaller(SignOutProcess).Select(process => this with { SignOutProcess = process }),
        ];
    }

    /// <summary>Starts a sign-in: the challenge, and the consent at Binance.</summary>
    internal sealed record Challenge(int Browser, int Process, int User) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(Process).Select(process => this with { Process = process }),
            .. Numbers.Smaller(User).Select(user => this with { User = user }),
        ];
    }

    /// <summary>Delivers a callback of a sign-in that was started.</summary>
    internal sealed record Callback(int Index, int Process, Callbacks Times, Delivery Delivery) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Index).Select(index => this with { Index = index }),
            .. Numbers.Smaller(Process).Select(process => this with { Process = process }),
            .. Numbers.Smaller(Times).Select(times => this with { Times = times }),
            .. Numbers.Smaller(Delivery).Select(delivery => this with { Delivery = delivery }),
        ];
    }

    /// <summary>The whole sign-in.</summary>
    internal sealed record SignIn(int Browser, int User, Delivery Delivery) : Step
    {
        public override IEnumerable<Step> Simpler() =>
        [
            .. Numbers.Smaller(Browser).Select(browser => this with { Browser = browser }),
            .. Numbers.Smaller(User).Select(user => this with { User = user }),
            .. Numbers.Smaller(Delivery).Select(delivery => this with { Delivery = delivery }),
        ];
    }

    /// <summary>The application refreshes the tokens of the session by <see cref="BinanceTokenService"/>, and does not store them.</summary>
    internal sealed record RefreshByService(int Browser, int Process) : Step
    {
        public override IEnumerable<Step> Simpler() => Numbers.Smaller(Process).Select(process => this with { Process = process });
    }

    /// <summary>The user revokes the consent at Binance.</summary>
    internal sealed record RevokeAtServer(int Browser) : Step
    {
        public override IEnumerable<Step> Simpler() => Numbers.Smaller(Browser).Select(browser => this with { Browser = browser });
    }

    /// <summary>Time passes.</summary>
    internal sealed record Pass(Wait Wait) : Step
    {
        public override IEnumerable<Step> Simpler() => Numbers.Smaller(Wait).Select(wait => this with { Wait = wait });
    }
}

/// <summary>What the page of a request does when it is authenticated.</summary>
internal enum Work
{
    Show,
    ShowBoth,
    SignOut,
    SignOutAtLogoutPath,
    SignOutOther,

    /// <summary>Signs the session's ticket in to the other cookie.</summary>
    HandOver,

    /// <summary>Starts a sign-in. Only <see cref="Step.Challenge"/> does.</summary>
    Challenge,
}

/// <summary>What the token endpoint does during a step.</summary>
internal enum Server
{
    Works,
    IsUnavailable,
    Refuses,
}

/// <summary>What becomes of a response.</summary>
internal enum Delivery
{
    Delivered,
    Lost,
    Late,
}

/// <summary>How often a callback is delivered.</summary>
internal enum Callbacks
{
    Once,
    TwiceAtOnce,

    /// <summary>The first response is lost.</summary>
    TwiceInTurn,

    /// <summary>After its response was received.</summary>
    Replayed,
}

/// <summary>How much time passes.</summary>
internal enum Wait
{
    Second,
    HalfAMinute,
    NineMinutes,
    ElevenMinutes,
    UntilTokensAreDue,
    UntilTokensHaveExpired,
    HalfOfTheSession,
    UntilTheSessionHasExpired,
    TwentyDays,
}

/// <summary>Smaller numbers, and values of an enumeration that come before another one.</summary>
internal static class Numbers
{
    public static IEnumerable<int> Smaller(int number) => Enumerable.Range(0, Math.Max(0, number));

    public static IEnumerable<T> Smaller<T>(T value)
        where T : struct, Enum
        => Enum.GetValues<T>().TakeWhile(smaller => !smaller.Equals(value));
}
