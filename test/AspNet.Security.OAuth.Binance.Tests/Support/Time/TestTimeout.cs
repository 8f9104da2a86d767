using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Time;

/// <summary>
/// When a test stops waiting: at the end of the run, or after a minute, so that a missing event fails the test. Mutation testing, which removes events
/// on purpose, waits for less.
/// </summary>
internal static class TestTimeout
{
#if MUTATION
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);
#else
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);
#endif

    private static readonly ConditionalWeakTable<object, CancellationTokenSource> _tests = [];

    public static CancellationToken Token => TestContext.Current.Test is { } test
        ? _tests.GetValue(test, static _ => Begin()).Token
        : TestContext.Current.CancellationToken;

    private static CancellationTokenSource Begin()
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(_longest);
        return end;
    }
}
