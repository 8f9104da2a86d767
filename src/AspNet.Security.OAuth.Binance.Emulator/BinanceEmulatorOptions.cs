namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>How the emulator behaves. Everything but <see cref="Port"/>, <see cref="TokenFile"/> and <see cref="AllowProduction"/> may be changed while it runs.</summary>
public sealed class BinanceEmulatorOptions
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(3650);

    /// <summary>Gets or sets the TCP port of an emulator with its own host. Read once, at the start.</summary>
    /// <value>
    /// Default: 0, a free port of 127.0.0.1 that the system chooses. A given port is listened to on the IPv4 and the IPv6 loopback
    /// address. Without meaning inside an application's own host.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 65535.</exception>
    public int Port
    {
        get;
        set => field = value is >= 0 and <= ushort.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A port is between 0 and 65535.");
    }

    /// <summary>Gets or sets a value indicating whether an authorize request is approved at once, without the consent page.</summary>
    /// <value>Default: <see langword="false"/>. A single request is approved with <c>emulator_user</c>, or denied with <c>emulator_decision=deny</c>.</value>
    public bool AutoApprove { get; set; }

    /// <summary>Gets or sets the user id that <see cref="AutoApprove"/> approves as.</summary>
    /// <value>Default: <see langword="null"/>, the first of <see cref="BinanceEmulator.Users"/>.</value>
    public string? AutoApproveUser { get; set; }

    /// <summary>Gets or sets what happens to a refresh token that is used.</summary>
    /// <value>Default: <see cref="RefreshTokenBehavior.RotateAndRevokeOnReuse"/>, the strictest.</value>
    public RefreshTokenBehavior RefreshTokenBehavior { get; set; } = RefreshTokenBehavior.RotateAndRevokeOnReuse;

    /// <summary>Gets or sets what a call of the revocation endpoint revokes. Revocations by <see cref="BinanceEmulator.Tokens"/> revoke the grant.</summary>
    /// <value>Default: <see cref="RevocationBehavior.RevokeGrant"/>.</value>
    public RevocationBehavior RevocationBehavior { get; set; } = RevocationBehavior.RevokeGrant;

    /// <summary>
    /// Gets the origins, such as <c>https://app.example</c> and <c>http://localhost:5300</c>, whose scripts may call the token, user-info
    /// and revocation endpoints (CORS). Safe to use from many threads.
    /// </summary>
    /// <value>
    /// Default: none. Whether Binance allows any is unknown (W11). An origin is compared with the <c>Origin</c> header as an exact string;
    /// one that is added twice is there once. Adding throws an <see cref="ArgumentException"/> for everything that browsers do not send as
    /// an origin: a path, a slash at the end, upper case, the scheme's default port, <c>*</c>, <c>null</c>.
    /// </value>
    public ICollection<string> AllowedOrigins { get; } = new EmulatorOrigins();

    /// <summary>Gets or sets how long an access token lives, by <see cref="BinanceEmulator.Clock"/>. Applies to tokens that are issued afterwards.</summary>
    /// <value>Default: 30714 seconds, as in Binance's documented sample. Fractions of a second are cut off in <c>expires_in</c>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than a second or longer than ten years.</exception>
    public TimeSpan AccessTokenLifetime
    {
        get;
        set => field = Lifetime(value);
    } = TimeSpan.FromSeconds(30714);

    /// <summary>Gets or sets how long an authorization code lives, by <see cref="BinanceEmulator.Clock"/>. Applies to codes that are issued afterwards.</summary>
    /// <value>Default: 60 seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than a second or longer than ten years.</exception>
    public TimeSpan CodeLifetime
    {
        get;
        set => field = Lifetime(value);
    } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets how many requests the journal keeps. The oldest are removed first.</summary>
    /// <value>Default: 1000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int JournalCapacity
    {
        get;
        set => field = AtLeastOne(value);
    } = 1000;

    /// <summary>Gets or sets how many authorization codes and, separately, how many pending consent pages are kept. The oldest are removed first.</summary>
    /// <value>Default: 1000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxCodes
    {
        get;
        set => field = AtLeastOne(value);
    } = 1000;

    /// <summary>Gets or sets how many access tokens and, separately, how many refresh tokens are kept. The oldest are removed first.</summary>
    /// <value>Default: 10000.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxTokens
    {
        get;
        set => field = AtLeastOne(value);
    } = 10_000;

    /// <summary>
    /// Gets or sets the path of a file in which the emulator keeps its tokens, so that sessions go on after a restart. Read once, at the
    /// start. The file is for one emulator at a time, which holds a lock on <c>{TokenFile}.lock</c>; on Unix it is for its owner alone.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, tokens end with the emulator. Kept are live access tokens and the refresh tokens of grants that are
    /// not revoked, used ones too, so that a reuse is detected. Not kept are codes, and the accounts and clients that were added. Their
    /// times are those of <see cref="BinanceEmulator.Clock"/>, which begins at the system's time again.
    /// </value>
    public string? TokenFile { get; set; }

    /// <summary>Gets or sets a value indicating whether the emulator may run in Production, where it lets anybody on the machine sign in as anybody. Read once, at the start.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowProduction { get; set; }

    private static TimeSpan Lifetime(TimeSpan value) => value >= TimeSpan.FromSeconds(1) && value <= _longest
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A lifetime is between one second and ten years.");

    private static int AtLeastOne(int value) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A limit is at least 1.");
}
