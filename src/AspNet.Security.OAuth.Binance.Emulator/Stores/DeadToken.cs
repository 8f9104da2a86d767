using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>Why a token, or a code, is not good, for the developer.</summary>
internal static class DeadToken
{
    /// <summary>Typically of a cookie from before a restart.</summary>
    /// <param name="kind">What was expected.</param>
    /// <param name="value">What came.</param>
    /// <param name="since">When the first one could be issued.</param>
    /// <param name="mayBeRemoved">Whether the oldest ones were removed.</param>
    public static EmulatorRefusal Unknown(string kind, string value, DateTimeOffset since, bool mayBeRemoved) => new(
        $"The {kind} is unknown: it was issued before this emulator started or was reset, or by another server{(mayBeRemoved ? ", or was removed as one of the oldest" : "")}.",
        $"issued since {Time(since)}",
        Secret.Shorten(value));

    /// <summary>Cut, encoded twice, or nothing that the emulator issues.</summary>
    public static EmulatorRefusal Malformed(string kind, string example, string value)
        => new($"This is no {kind}: it is too long, too short, or has other characters.", $"{example.Length} characters such as {example}", Secret.Shorten(value));

    public static EmulatorRefusal OfAnotherKind(string kind, string actual) => new($"This is no {kind} but {actual}.", kind, actual);

    public static EmulatorRefusal Expired(string kind, DateTimeOffset expiry, DateTimeOffset now)
        => new($"The {kind} has expired.", $"used before {Time(expiry)}", $"used at {Time(now)}");

    public static EmulatorRefusal Revoked(string kind, Grant grant) => new($"The {kind} is revoked: {Inside(grant.Revoked!)}.");

    public static EmulatorRefusal Spent(string kind, TokenEntry token) => new($"The {kind} is no longer good: {Inside(token.Spent!)}.");

    public static EmulatorRefusal OfAnotherClient(string kind, Grant grant, string clientId)
        => new($"The {kind} was issued to another client.", grant.ClientId, clientId);

    // A reason in the middle of a sentence.
    private static string Inside(string reason) => char.ToLowerInvariant(reason[0]) + reason[1..];

    private static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
