using System.Globalization;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// A call that failed. Every text in it is ours or has been through <see cref="ServerText"/>, so that it may be logged.
/// </summary>
/// <param name="Kind">Why.</param>
/// <param name="Call">What was called, as a person would say it.</param>
/// <param name="Reason">What was wrong, in our own words.</param>
internal sealed record WireFailure(BinanceFailure Kind, string Call, string Reason)
{
    public int? StatusCode { get; init; }

    public string? Error { get; init; }

    public string? ErrorDescription { get; init; }

    public string? BinanceCode { get; init; }

    /// <summary>The failure in one line. Binance's description stays out: only its codes are of a known shape.</summary>
    public string Message
    {
        get
        {
            var message = new StringBuilder("Binance's ").Append(Call).Append(": ").Append(Reason);
            Append(message, "HTTP ", StatusCode?.ToString(CultureInfo.InvariantCulture));
            Append(message, "error ", Error);
            Append(message, "code ", BinanceCode);
            return message.Append('.').ToString();
        }
    }

    public BinanceAuthenticationException ToException() => new(Kind, Message)
    {
        Error = Error,
        ErrorDescription = ErrorDescription,
        StatusCode = StatusCode,
        BinanceCode = BinanceCode,
    };

    private static void Append(StringBuilder message, string label, string? value)
    {
        if (value is not null)
        {
            message.Append(", ").Append(label).Append(value);
        }
    }
}
