using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Time;

/// <summary>
/// When a test stops waiting: at the end of the run, or after a minute, so that a missing event fails the test.
/// </summary>
internal static class TestTimeout
{
    private static readonly ConditionalWeakTable<object, CancellationTokenSource> _tests = [];

    public static CancellationToken Token => TestContext.Current.Test is { } test
        ? _tests.GetValue(test, static _ => Begin()).Token
        : TestContext.Current.CancellationToken;

    private static CancellationTokenSource Begin()
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(TimeSpan.FromMinutes(1));
        return end;
    }
}
