
namespace AspNet.Security.OAuth.Binance.Tests.Support;

/// <summary>
/// Text of any length that is the same in each run, and that does not occur in a log otherwise.
/// </summary>
internal static class LongText
{
    public static string Of(int length, int seed = 1)
        => string.Create(length, seed, static (characters, seed) => new Random(seed).GetItems("abcdefghijkmnopqrstuvwxyz0123456789", characters));
}
