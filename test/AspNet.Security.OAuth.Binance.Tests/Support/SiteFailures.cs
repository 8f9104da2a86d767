namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The kinds of failure that a site meets. Those after <see cref="BinanceFailure.Timeout"/> are of native applications.
/// </summary>
internal static class SiteFailures
{
    public static IReadOnlyList<BinanceFailure> All { get; } = [.. Enum.GetValues<BinanceFailure>().Where(failure => failure <= BinanceFailure.Timeout)];
}
