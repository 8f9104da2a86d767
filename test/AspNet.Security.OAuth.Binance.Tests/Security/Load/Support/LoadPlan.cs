using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;

/// <summary>
/// Which sign-in is refused by its user, and which calls meet which fault: the same each time. The faults are those of a tenth of all sign-ins.
/// </summary>
internal sealed class LoadPlan
{
    private static readonly (EmulatorFault Fault, BinanceFailure Failure)[] _token =
    [
        (EmulatorFault.Status(503), BinanceFailure.Unavailable),
        (EmulatorFault.CutConnection, BinanceFailure.Unavailable),
        (EmulatorFault.HalfBody, BinanceFailure.Unavailable),
        (EmulatorFault.EndlessBody, BinanceFailure.InvalidResponse),
        (EmulatorFault.Redirect(new Uri("/elsewhere", UriKind.Relative)), BinanceFailure.InvalidResponse),
        (EmulatorFault.Body("<html>Please wait</html>", 202, "text/html"), BinanceFailure.Unavailable),
        (EmulatorFault.Body("""{"error":"invalid_grant"}""", 400), BinanceFailure.InvalidGrant),
    ];

    private static readonly (EmulatorFault Fault, BinanceFailure Failure)[] _userInformation =
    [
        (EmulatorFault.ApiError("117041", "Quote expired"), BinanceFailure.ApiError),
        (EmulatorFault.EndlessBody, BinanceFailure.InvalidResponse),

        // The provider repeats the request after these two, and most of the repeated requests succeed.
        (EmulatorFault.Status(503), BinanceFailure.Unavailable),
        (EmulatorFault.HalfBody, BinanceFailure.Unavailable),
    ];

    private static readonly EmulatorFault _never = EmulatorFault.Drip(Timeout.InfiniteTimeSpan);

    // No fault and no delay: for the calls between two faults.
    private static readonly EmulatorFault _none = EmulatorFault.Delay(TimeSpan.Zero);

    private readonly HashSet<int> _refused;

    /// <param name="signIns">How many sign-ins there will be.</param>
    /// <param name="timeouts">How many calls of either kind get no response. They are among the first, so that they do not delay the end.</param>
    public LoadPlan(int signIns, int timeouts)
    {
        SignIns = signIns;
        Faults = signIns / 10;
        Timeouts = timeouts;
        _refused = [.. Sample(signIns, Faults * 3 / 10)];
    }

    public int SignIns { get; }

    /// <summary>How much goes wrong: refusals and faults.</summary>
    public int Faults { get; }

    private int Timeouts { get; }

    /// <summary>The failure of a fault, by its name in the journal; <see langword="null"/> if the call succeeds.</summary>
    public static BinanceFailure? FailureOf(EmulatorEndpoint endpoint, string? fault)
        => fault is null || fault == _none.ToString()
            ? null
            : fault == _never.ToString()
                ? BinanceFailure.Timeout
                : (endpoint is EmulatorEndpoint.Token ? _token : _userInformation).Single(planned => planned.Fault.ToString() == fault).Failure;

    /// <summary>Whether the journal's fault is one, and not the lack of one.</summary>
    public static bool IsFault(string? fault) => fault is not null && fault != _none.ToString();

    public bool IsRefused(int signIn) => _refused.Contains(signIn);

    /// <summary>Adds the faults to the emulator, each at a number of a call that is surely reached.</summary>
    public void AddTo(EmulatorFaults emulator)
    {
        AddTo(emulator, EmulatorEndpoint.Token, _token, Faults * 4 / 10);
        AddTo(emulator, EmulatorEndpoint.UserInfo, _userInformation, Faults * 3 / 10);
    }

    private void AddTo(EmulatorFaults emulator, EmulatorEndpoint endpoint, (EmulatorFault Fault, BinanceFailure Failure)[] faults, int count)
    {
        var next = 0;
        var calls = 0;
        foreach (var place in Sample(SignIns * 8 / 10, count).Order())
        {
            if (place > calls)
            {
                emulator.Next(endpoint, _none, place - calls);
            }

            emulator.Next(endpoint, next < Timeouts ? _never : faults[next % faults.Length].Fault);
            next++;
            calls = place + 1;
        }
    }

    // Always the same, so that a failure can be looked at again.
    private static int[] Sample(int range, int count)
    {
        var all = Enumerable.Range(0, range).ToArray();
        new Random(20_260_117).Shuffle(all);
        return all[..count];
    }
}
