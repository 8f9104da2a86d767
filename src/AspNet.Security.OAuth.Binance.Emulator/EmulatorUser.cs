using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An account that can be chosen on the consent page. Immutable: to change one, give another with the same id to <see cref="EmulatorUsers.Update"/>.</summary>
public sealed class EmulatorUser
{
    /// <summary>Gets the stable identifier that user-info returns as <c>userId</c>: 32 hexadecimal digits in lower case.</summary>
    /// <value>Default: a random one.</value>
    public string UserId { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Gets the e-mail address, which user-info returns when <c>user:email</c> was granted.</summary>
    /// <value>Default: <see langword="null"/>; user-info then has no <c>email</c> at all.</value>
    public string? Email { get; init; }

    /// <summary>Gets the name of the account on the emulator's own pages. It never leaves the emulator: Binance gives no name.</summary>
    public required string Label { get; init; }

    /// <summary>Why it cannot be added.</summary>
    /// <returns>The property in the names of the JSON API, and what is wrong; or <see langword="null"/>.</returns>
    internal (string Property, string Words)? FindDefect()
    {
        if (string.IsNullOrWhiteSpace(Label))
        {
            return ("label", "A user has a label that is not blank.");
        }

        if (UserId is not { Length: 32 } || !UserId.All(char.IsAsciiHexDigitLower))
        {
            return ("userId", "A user id is 32 hexadecimal digits in lower case.");
        }

        return Email is "" ? ("email", "An empty e-mail address is none: leave it out.") : null;
    }
}
