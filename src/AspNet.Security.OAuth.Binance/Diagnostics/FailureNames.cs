using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Names of failures outside of the code, in URLs and metrics: <c>access_denied</c>.
/// </summary>
internal static class FailureNames
{
    public static string Of(BinanceFailure failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());
}
