
namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// The kinds of failure of a site. Those after <see cref="BinanceFailure.Timeout"/> are of native applications.
/// </summary>
internal static class SiteFailures
{
    public static IReadOnlyList<BinanceFailure> All { get; } = [.. Enum.GetValues<BinanceFailure>().Where(failure => failure <= BinanceFailure.Timeout)];
}
