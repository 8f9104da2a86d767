using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Emulator.Configuration;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The options of an emulator. All but <see cref="Port"/>, <see cref="TokenFile"/> and <see cref="AllowProduction"/> may be changed while it runs.</summary>
public sealed class BinanceEmulatorOptions
{
    private const int ShortestKey = 16;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(3650);

    /// <summary>Gets or sets the TCP port of an emulator with its own host. Read once, at the start.</summary>
    /// <value>
    /// Default: 0, a free port of 127.0.0.1 that the system chooses. A given port is listened to on the IPv4 and the IPv6 loopback
    /// address, and with <see cref="AllowedHosts"/> on every address of the machine. Without meaning inside an application's own host.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 65535.</exception>
    public int Port
    {
        get;
        set => field = value is >= 0 and <= ushort.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The port must be between 0 and 65535.");
    }

    /// <summary>Gets or sets a value indicating whether an authorize request is approved without the consent page.</summary>
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

    /// <summary>Gets or sets the response to a denial, by Cancel or by <c>emulator_decision=deny</c>.</summary>
    /// <value>Default: <see cref="DenialBehavior.Redirect"/>.</value>
    public DenialBehavior DenialBehavior { get; set; } = DenialBehavior.Redirect;

    /// <summary>
    /// Gets or sets a value indicating whether two features are allowed that Binance does not document and that OAuth 2.0 libraries use: HTTP Basic
    /// client authentication at the token endpoint (RFC 6749 section 2.3.1), and <c>access_token</c> in the query of user-info and
    /// revocation (RFC 6750 section 2.3).
    /// </summary>
    /// <value>Default: <see langword="false"/>. What works only with it may not work on Binance.</value>
    public bool Lenient { get; set; }

    /// <summary>
    /// Gets the host names, such as <c>emulator</c> and <c>abc.example.com</c>, under which other machines, proxies and tunnels may call the
    /// emulator. Safe to use from many threads.
    /// </summary>
    /// <value>
    /// Default: none, and the emulator is for this machine alone. A name has no port, and is compared with the <c>Host</c> header without case.
    /// The names of loopback (<c>localhost</c>, <c>127.0.0.1</c>, <c>[::1]</c>) are always allowed for requests of this machine. Added to the list, they
    /// are allowed for all machines, which a browser outside of the emulator's container needs. With a name in it at the start, an emulator with its own host listens on every address of the machine. While there is one, the
    /// status page and the control API need <see cref="ControlKey"/>. Adding throws an <see cref="ArgumentException"/> for a scheme, a port,
    /// a path, <c>*</c> and everything else that is not a host name.
    /// </value>
    public ICollection<string> AllowedHosts => Hosts;

    /// <summary>
    /// Gets or sets the key that the status page and the control API require while <see cref="AllowedHosts"/> is not empty: programs send
    /// it in the header <c>X-Binance-Emulator-Key</c>, and a browser opens <c>/?key=…</c> once. The emulator does not log it. ASP.NET Core logs that
    /// address in an application that maps the emulator (level Information), and so may a proxy.
    /// </summary>
    /// <value>Default: 32 random hexadecimal digits.</value>
    /// <exception cref="ArgumentException">The value is shorter than 16 characters, or contains a blank or a character that is not printable ASCII.</exception>
    public string ControlKey
    {
        get;
        set => field = value is { Length: >= ShortestKey } && value.All(character => character is > ' ' and <= '~')
            ? value
            : throw new ArgumentException($"The control key must have at least {ShortestKey} characters, all printable ASCII without blanks.", nameof(value));
    } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>
    /// Gets the origins, such as <c>https://app.example</c> and <c>http://localhost:5300</c>, whose scripts may call the token, user-info
    /// and revocation endpoints (CORS). Safe to use from many threads.
    /// </summary>
    /// <value>
    /// Default: none. Whether Binance allows any is unknown (W11). An origin is compared with the <c>Origin</c> header as an exact string;
    /// a repeated one is added once. Adding throws an <see cref="ArgumentException"/> for everything that browsers do not send as
    /// an origin: a path, a slash at the end, upper case, the scheme's default port, <c>*</c>, <c>null</c>.
    /// </value>
    public ICollection<string> AllowedOrigins => Origins;

    /// <summary>Gets or sets the lifetime of access tokens, by <see cref="BinanceEmulator.Clock"/>. Applies to tokens that are issued afterwards.</summary>
    /// <value>Default: 30714 seconds, as in Binance's documented sample. Fractions of a second are cut off in <c>expires_in</c>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is shorter than a second or longer than ten years.</exception>
    public TimeSpan AccessTokenLifetime
    {
        get;
        set => field = Lifetime(value);
    } = TimeSpan.FromSeconds(30714);

    /// <summary>Gets or sets the lifetime of authorization codes, by <see cref="BinanceEmulator.Clock"/>. Applies to codes that are issued afterwards.</summary>
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
    /// Gets or sets the path of a file that stores the tokens, so that sessions survive a restart. Read once, at the start. One emulator at a
    /// time uses the file, and holds a lock on <c>{TokenFile}.lock</c>. On Unix only its owner can access it.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, tokens end with the emulator. The file contains live access tokens and the refresh tokens of grants that
    /// are not revoked, used ones too, so that a reuse is detected. It does not contain codes, accounts and clients. Times are those of
    /// <see cref="BinanceEmulator.Clock"/>, which begins at the system's time again.
    /// </value>
    public string? TokenFile { get; set; }

    /// <summary>Gets or sets a value indicating whether the emulator may run in Production. It lets everyone on the machine sign in as any account. Read once, at the start.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowProduction { get; set; }

    internal AllowList Hosts { get; } = Setup.AllowedHosts.Create();

    /// <summary>Gets a value indicating whether requests of other machines are handled.</summary>
    internal bool AllowsOtherMachines => Hosts.Count > 0;

    internal AllowList Origins { get; } = Setup.AllowedOrigins.Create();

    /// <summary>Gets or sets the address under which browsers reach the emulator, if it differs from <see cref="BinanceEmulator.BaseAddress"/>, as in a container. It is displayed, and allows no host by itself.</summary>
    /// <value>Default: <see langword="null"/>.</value>
    /// <exception cref="ArgumentException">The value is neither an http nor an https address, or has more than a scheme, a host and a port.</exception>
    public Uri? PublicUrl
    {
        get;
        set => field = value is null or { IsAbsoluteUri: true, Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? value
            : throw new ArgumentException("A public URL must be http:// or https://, a host and a port, without a path.", nameof(value));
    }

    /// <summary>Gets or sets the handler of the clients, users and faults of a configuration file.</summary>
    internal Action<ConfigurationContent>? Configured { get; set; }

    /// <summary>
    /// Reads a configuration file (JSON, of <c>binance-emulator.schema.json</c>) at once, so that later assignments take precedence. Options that are
    /// not in the file do not change. Its clients and users replace the existing ones, the preset ones too; its faults are added. An invalid file
    /// changes nothing.
    /// </summary>
    /// <param name="path">The file. A relative <c>tokenFile</c> in it is relative to the file's folder.</param>
    /// <exception cref="IOException">The file cannot be read. The message names it.</exception>
    /// <exception cref="InvalidDataException">The file is invalid. The message has the file, the line, and what is expected.</exception>
    public void ReadConfiguration(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = ConfigurationFile.Read(path);
        content.Apply(this);
        Configured?.Invoke(content);
    }

    /// <summary>Copies the options that may change while the emulator runs.</summary>
    internal BinanceEmulatorOptions Copy()
    {
        var copy = new BinanceEmulatorOptions();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Sets the options that may change while the emulator runs to those of another instance.</summary>
    internal void CopyFrom(BinanceEmulatorOptions other)
    {
        AutoApprove = other.AutoApprove;
        AutoApproveUser = other.AutoApproveUser;
        RefreshTokenBehavior = other.RefreshTokenBehavior;
        RevocationBehavior = other.RevocationBehavior;
        AccessTokenLifetime = other.AccessTokenLifetime;
        CodeLifetime = other.CodeLifetime;
        JournalCapacity = other.JournalCapacity;
        MaxCodes = other.MaxCodes;
        MaxTokens = other.MaxTokens;
        DenialBehavior = other.DenialBehavior;
        Lenient = other.Lenient;
        ControlKey = other.ControlKey;
        PublicUrl = other.PublicUrl;
        Origins.Replace(other.Origins);
        Hosts.Replace(other.Hosts);
    }

    private static TimeSpan Lifetime(TimeSpan value) => value >= TimeSpan.FromSeconds(1) && value <= _longest
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A lifetime must be between one second and ten years.");

    private static int AtLeastOne(int value) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A limit must be at least 1.");
}
