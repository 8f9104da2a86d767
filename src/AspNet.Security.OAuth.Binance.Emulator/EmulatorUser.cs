using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An account that can be chosen on the consent page. Immutable: to change it, pass another with the same id to <see cref="EmulatorUsers.Update"/>.</summary>
public sealed class EmulatorUser : IRegistered
{
    /// <summary>Gets the stable identifier that user-info returns as <c>userId</c>: 32 hexadecimal digits in lower case.</summary>
    /// <value>Default: a random one.</value>
    public string UserId { get; init; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Gets the e-mail address, which user-info returns when <c>user:email</c> was granted.</summary>
    /// <value>Default: <see langword="null"/>; user-info then has no <c>email</c> at all.</value>
    public string? Email { get; init; }

    /// <summary>Gets the name of the account on the emulator's own pages. Applications do not get it: Binance returns no name.</summary>
    public required string Label { get; init; }

    string IRegistered.Id => UserId;

    (string Property, string Error)? IRegistered.FindDefect()
    {
        if (string.IsNullOrWhiteSpace(Label))
        {
            return ("label", "The label of a user must not be blank.");
        }

        if (UserId is not { Length: 32 } || !UserId.All(char.IsAsciiHexDigitLower))
        {
            return ("userId", "The id of a user must be 32 hexadecimal digits in lower case.");
        }

        return Email is "" ? ("email", "The e-mail address must not be empty. Omit it.") : null;
    }
}
