using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Reads the values of options.</summary>
internal static class Values
{
    // In seconds: more than the emulator accepts, and within the range of TimeSpan.
    private const long TooLong = 1_000_000_000;

    /// <exception cref="FormatException">The value is not a port.</exception>
    public static int Port(string value)
        => ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new FormatException($"'{value}' is not a port, which is a number from 0 to 65535.");

    /// <exception cref="FormatException">The value is neither true nor false.</exception>
    public static bool Switch(string value) => value.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => throw new FormatException($"'{value}' is neither true nor false."),
    };

    /// <summary>Reads <c>true</c>, <c>false</c>, or the id of a user.</summary>
    public static (bool Approves, string? User) AutoApprove(string value) => value.ToLowerInvariant() switch
    {
        "true" => (true, null),
        "false" => (false, null),
        _ => (true, value),
    };

    /// <exception cref="FormatException">There is no such behavior.</exception>
    public static RefreshTokenBehavior Refresh(string value) => value switch
    {
        "keep" => RefreshTokenBehavior.Keep,
        "rotate" => RefreshTokenBehavior.Rotate,
        "rotate-and-revoke-on-reuse" => RefreshTokenBehavior.RotateAndRevokeOnReuse,
        _ => throw new FormatException($"'{value}' is none of keep, rotate, rotate-and-revoke-on-reuse."),
    };

    /// <exception cref="FormatException">The value is not a duration.</exception>
    public static TimeSpan Duration(string value)
    {
        if (value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time))
        {
            return time;
        }

        var seconds = value is [] ? 0 : value[^1] switch { 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 1 };
        var number = seconds > 1 || value is [.., 's'] ? value[..^1] : value;
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? TimeSpan.FromSeconds(Math.Min((long)count * seconds, TooLong))
            : throw new FormatException($"'{value}' is not a length of time, such as 900 (seconds), 15m, 2h, 1d or 00:15:00.");
    }

    /// <exception cref="FormatException">The value is not an http or https address.</exception>
    public static Uri PublicUrl(string value)
        => Uri.TryCreate(value, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new FormatException($"'{value}' is not an http or https address, such as https://abc.example.com.");
}
