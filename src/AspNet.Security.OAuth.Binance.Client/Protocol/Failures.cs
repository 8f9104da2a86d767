using System.Globalization;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// Creates exceptions whose texts are either fixed or filtered by <see cref="ServerText"/>, so that they can be logged.
/// </summary>
internal static class Failures
{
    /// <param name="kind">The kind of failure.</param>
    /// <param name="call">The name of the request in the message.</param>
    /// <param name="reason">The reason: a fixed text.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error code of RFC 6749.</param>
    /// <param name="description">The server's description. It is not in the message, because its form is not known.</param>
    /// <param name="binanceCode">The code of the envelope.</param>
    /// <param name="errorUri">The address of a page about the error.</param>
    public static BinanceAuthenticationException Of(
        BinanceFailure kind,
        string call,
        string reason,
        int? status = null,
        string? error = null,
        string? description = null,
        string? binanceCode = null,
        string? errorUri = null)
    {
        var message = new StringBuilder("Binance's ").Append(call).Append(": ").Append(reason);
        Append("HTTP ", status?.ToString(CultureInfo.InvariantCulture));
        Append("error ", error);
        Append("code ", binanceCode);
        return new(kind, message.Append('.').ToString())
        {
            StatusCode = status,
            Error = error,
            ErrorDescription = description,
            ErrorUri = errorUri,
            BinanceCode = binanceCode,
        };

        void Append(string label, string? value)
        {
            if (value is not null)
            {
                message.Append(", ").Append(label).Append(value);
            }
        }
    }
}
