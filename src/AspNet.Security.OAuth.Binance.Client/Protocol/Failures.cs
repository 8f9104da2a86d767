using System.Globalization;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// Makes exceptions whose every text is ours or has been through <see cref="ServerText"/>, so that they can be logged.
/// </summary>
internal static class Failures
{
    /// <param name="kind">The kind of failure.</param>
    /// <param name="call">What was requested, as a person would say it.</param>
    /// <param name="reason">What was wrong, in our own words.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error code of RFC 6749.</param>
    /// <param name="description">The server's description. It is no part of the message: only codes have a known form.</param>
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
