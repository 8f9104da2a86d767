namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Challenges whose browsers never come back: what the server keeps of each.
/// </summary>
internal static class PendingLogins
{
    /// <returns>Bytes for each challenge.</returns>
    public static double Kept(Contender contender, int batches, int batch)
    {
        using var site = new InMemorySite(contender);

        // What is made once, and not for each challenge.
        Challenge(site, batch);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < batches; i++)
        {
            Challenge(site, batch);
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (double)kept / batches / batch;
    }

    private static void Challenge(InMemorySite site, int count)
    {
        for (var i = 0; i < count; i++)
        {
            site.Challenge();
        }
    }
}
