using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Emulator;

internal enum EmulatorFaultKind
{
    Status,
    Body,
    ApiError,
    Redirect,
    InvalidGrant,
    FirewallChallenge,
    EndlessBody,
    Delay,
    Drip,
    CutConnection,
    HalfBody,
}

/// <summary>
/// A failure that a test adds. <see cref="Status"/>, <see cref="Body"/>, <see cref="ApiError"/>, <see cref="Redirect"/>,
/// <see cref="InvalidGrant"/>, <see cref="FirewallChallenge"/> and <see cref="EndlessBody"/> <em>replace</em> the handling of the request: the emulator's
/// state does not change. <see cref="Delay"/>, <see cref="Drip"/>, <see cref="CutConnection"/> and <see cref="HalfBody"/> change the response
/// <em>after</em> the request was handled: a refresh whose response is lost has used up the refresh token.
/// </summary>
public sealed class EmulatorFault
{
    private const string Json = "application/json";

    private readonly string _name;

    private EmulatorFault(EmulatorFaultKind kind, string? detail = null)
    {
        Kind = kind;
        _name = detail is null ? $"{kind}" : $"{kind} {detail}";
    }

    /// <summary>Gets a fault that handles the request, then closes the connection without a response.</summary>
    public static EmulatorFault CutConnection { get; } = new(EmulatorFaultKind.CutConnection);

    /// <summary>Gets a fault that handles the request, sends the headers with the full <c>Content-Length</c> and the first half of the body, then closes the connection. For a response without a body it closes the connection before the headers.</summary>
    public static EmulatorFault HalfBody { get; } = new(EmulatorFaultKind.HalfBody);

    /// <summary>Gets a fault that does not handle the request, and sends HTTP 200 with a JSON string that never ends, until the caller disconnects or the emulator stops.</summary>
    public static EmulatorFault EndlessBody { get; } = new(EmulatorFaultKind.EndlessBody) { ContentType = Json };

    /// <summary>Gets a fault that does not handle the request, and refuses a code or a refresh token: HTTP 400 with <c>invalid_grant</c> (RFC 6749 section 5.2).</summary>
    public static EmulatorFault InvalidGrant { get; } = new(EmulatorFaultKind.InvalidGrant);

    /// <summary>Gets a fault that does not handle the request, and responds as the firewall in front of Binance does (W8): HTTP 202 with the header <c>x-amzn-waf-action: challenge</c> and HTML.</summary>
    public static EmulatorFault FirewallChallenge { get; } = new(EmulatorFaultKind.FirewallChallenge);

    internal EmulatorFaultKind Kind { get; }

    internal int HttpStatus { get; private init; } = 200;

    internal string? ContentType { get; private init; }

    internal string Content { get; private init; } = "";

    // The code and the message of an API error's envelope.
    internal (string Code, string? Message) Error { get; private init; }

    internal string Location { get; private init; } = "";

    internal TimeSpan Time { get; private init; }

    /// <summary>Creates a fault that does not handle the request, and sends a status without a body.</summary>
    /// <param name="status">The HTTP status, 200 to 599.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is out of range.</exception>
    public static EmulatorFault Status(int status) => new(EmulatorFaultKind.Status, $"{Checked(status)}") { HttpStatus = status };

    /// <summary>Creates a fault that does not handle the request, and sends the given body.</summary>
    /// <param name="body">The body, sent as UTF-8.</param>
    /// <param name="status">The HTTP status, 200 to 599. Default: 200.</param>
    /// <param name="contentType">The content type. Default: <c>application/json</c>.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentException">The content type is blank, or has a character that is not printable ASCII.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The status is out of range.</exception>
    public static EmulatorFault Body(string body, int status = 200, string contentType = Json)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentException.ThrowIfNullOrWhiteSpace(contentType);
        if (contentType.Any(character => character is < ' ' or > '~'))
        {
            // Checked here, because the server would throw when it sends the response.
            throw new ArgumentException("A content type must be printable ASCII, such as text/html;charset=UTF-8.", nameof(contentType));
        }

        return new(EmulatorFaultKind.Body, $"{Checked(status)}") { HttpStatus = status, ContentType = contentType, Content = body };
    }

    /// <summary>Creates a fault that does not handle the request, and sends HTTP 200 with the envelope of a failure: <c>success</c> false, <c>data</c> null.</summary>
    /// <param name="code">The envelope's code, such as <c>117041</c>.</param>
    /// <param name="message">The envelope's message.</param>
    /// <returns>The fault.</returns>
    public static EmulatorFault ApiError(string code, string? message)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(code);
        return new(EmulatorFaultKind.ApiError, code) { Error = (code, message) };
    }

    /// <summary>Creates a fault that handles the request, and delays the response.</summary>
    /// <param name="time">The delay, by <see cref="BinanceEmulator.Clock"/>, which runs with real time and can be set forward. <see cref="Timeout.InfiniteTimeSpan"/>: until the caller disconnects.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative and not infinite.</exception>
    public static EmulatorFault Delay(TimeSpan time) => new(EmulatorFaultKind.Delay) { Time = Checked(time) };

    /// <summary>Creates a fault that handles the request, sends the headers, then the body a byte at a time, so that no single read times out. A response without a body is sent at once.</summary>
    /// <param name="pause">The time before each byte, by <see cref="BinanceEmulator.Clock"/>. <see cref="Timeout.InfiniteTimeSpan"/>: the headers are all that is sent.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pause"/> is negative and not infinite.</exception>
    public static EmulatorFault Drip(TimeSpan pause) => new(EmulatorFaultKind.Drip) { Time = Checked(pause) };

    /// <summary>Creates a fault that does not handle the request, and redirects with 307 to another address: a client that follows it sends its secrets there.</summary>
    /// <param name="location">The address, absolute or relative.</param>
    /// <returns>The fault.</returns>
    public static EmulatorFault Redirect(Uri location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return new(EmulatorFaultKind.Redirect) { Location = location.IsAbsoluteUri ? location.AbsoluteUri : location.OriginalString };
    }

    /// <summary>The name that the journal shows.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => _name;

    private static int Checked(int status)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return status;
    }

    private static TimeSpan Checked(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? parameter = null)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, parameter);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromDays(40), parameter);
        }

        return time;
    }
}
