using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Repeats requests until they have an effect.
/// </summary>
internal static class Retry
{
    /// <summary>Repeats a step until it returns <see langword="true"/>, and fails the test after a time.</summary>
    /// <param name="expected">What the step waits for, in words.</param>
    /// <param name="limit">The time after which the step is not repeated. It runs at least once.</param>
    /// <param name="step">Sends requests, and returns a value indicating whether they had the effect.</param>
    public static async Task UntilAsync(string expected, TimeSpan limit, Func<Task<bool>> step)
    {
        var clock = Stopwatch.StartNew();
        while (!await step())
        {
            Assert.True(clock.Elapsed < limit, $"This did not happen within {limit}: {expected}.");
        }
    }
}
