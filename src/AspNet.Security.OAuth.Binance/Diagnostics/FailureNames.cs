using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// The names of failures in URLs and metrics, such as <c>access_denied</c>.
/// </summary>
internal static class FailureNames
{
    public static string Of(BinanceFailure failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());
}
