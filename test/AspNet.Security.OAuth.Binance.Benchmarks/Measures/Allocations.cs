namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Bytes that one call of a work allocates on its thread, after tiered compilation: a later tier may keep an object on the stack that an
/// earlier tier allocates.
/// </summary>
internal static class Allocations
{
    private const int Round = 2_000;
    private const int MaxRounds = 200;
    private const int EqualRounds = 20;

    public static double PerCall(Func<int> work)
    {
        var (last, equal) = (double.NaN, 0);
        for (var round = 0; round < MaxRounds && equal < EqualRounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Round; i++)
            {
                work();
            }

            var now = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Round;
            equal = Math.Abs(now - last) < 1 ? equal + 1 : 0;
            last = now;
        }

        return last;
    }
}
