using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An account that can be chosen on the consent page. Immutable: to change one, remove it and add another with the same id.</summary>
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
}
