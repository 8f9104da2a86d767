namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Bytes that one call of a work allocates on its thread, once the runtime has compiled the work for good: a later tier may put an
/// object on the stack that an earlier one allocates.
/// </summary>
internal static class Allocations
{
    private const int Round = 2_000;
    private const int MostRounds = 200;
    private const int RoundsAlike = 20;

    public static double PerCall(Func<int> work)
    {
        var (last, alike) = (double.NaN, 0);
        for (var round = 0; round < MostRounds && alike < RoundsAlike; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Round; i++)
            {
                work();
            }

            var now = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Round;
            alike = Math.Abs(now - last) < 1 ? alike + 1 : 0;
            last = now;
        }

        return last;
    }
}
