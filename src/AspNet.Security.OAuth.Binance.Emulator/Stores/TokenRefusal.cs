using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>The reasons why a token or a code is refused, for developers.</summary>
internal static class TokenRefusal
{
    /// <summary>The token is unknown: typically it is in a cookie from before a restart.</summary>
    /// <param name="kind">The expected kind of token.</param>
    /// <param name="value">The token.</param>
    /// <param name="since">The time since which this emulator issues tokens.</param>
    /// <param name="mayBeRemoved">Whether the oldest tokens were removed.</param>
    public static EmulatorRefusal Unknown(string kind, string value, DateTimeOffset since, bool mayBeRemoved) => new(
        $"The {kind} is unknown: it was issued before this emulator started or was reset, or by another server{(mayBeRemoved ? ", or was removed as one of the oldest" : "")}.",
        $"issued since {Time(since)}",
        Secret.Shorten(value));

    /// <summary>The value was cut or encoded twice, or has another format.</summary>
    public static EmulatorRefusal Malformed(string kind, string example, string value)
        => new($"This is not a valid {kind}: its length or its characters are wrong.", $"{example.Length} characters such as {example}", Secret.Shorten(value));

    public static EmulatorRefusal OfAnotherKind(string kind, string actual) => new($"The {kind} is expected, and this is {actual}.", kind, actual);

    public static EmulatorRefusal Expired(string kind, DateTimeOffset expiry, DateTimeOffset now)
        => new($"The {kind} has expired.", $"used before {Time(expiry)}", $"used at {Time(now)}");

    public static EmulatorRefusal Revoked(string kind, Grant grant) => new($"The {kind} is revoked: {Inside(grant.Revoked!)}.");

    public static EmulatorRefusal Spent(string kind, TokenEntry token) => new($"The {kind} is no longer valid: {Inside(token.Spent!)}.");

    public static EmulatorRefusal OfAnotherClient(string kind, Grant grant, string clientId)
        => new($"The {kind} was issued to another client.", grant.ClientId, clientId);

    // The reason in the middle of a sentence.
    private static string Inside(string reason) => char.ToLowerInvariant(reason[0]) + reason[1..];

    private static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
