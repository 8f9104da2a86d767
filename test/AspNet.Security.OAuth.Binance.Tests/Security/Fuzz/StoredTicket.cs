using System.Globalization;
using System.Security.Claims;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A session's ticket as a sign-in creates it, with an expired token, and the edits that change it. Used tokens and ended sessions are
/// remembered by name, so that each ticket has its own names.
/// </summary>
internal sealed partial class StoredTicket
{
    public const string AccessToken = ".Token.access_token";
    public const string RefreshToken = ".Token.refresh_token";
    public const string ExpiresAt = ".Token.expires_at";
    public const string Lifetime = ".binance.expires_in";
    private const string SessionId = ".bn";
    private const string Issuer = ".AuthScheme";

    // The default of RefreshBeforeExpiration.
    private static readonly TimeSpan _before = TimeSpan.FromMinutes(5);

    private static readonly string[] _lifetimes =
    [
        "0", "-0", "-1", "0.5", ".5", "60", "299.999", "300", "599.5", "600", "3600", "2147483646", "2147483647", "99999999999999999999", "1E3", "1,5", "NaN", "∞", " 60", "60s", "0x3C",
        "123456789012345678901234567890.5", "",
    ];

    private readonly string _name;
    private readonly List<Func<string, string>> _cookie = [];

    public StoredTicket(int number)
    {
        _name = string.Create(CultureInfo.InvariantCulture, $"-{number}");
        Items = new()
        {
            [Issuer] = BinanceAuthenticationDefaults.AuthenticationScheme,
            [".TokenNames"] = "access_token;refresh_token;token_type;expires_at",
            [AccessToken] = "access",
            [RefreshToken] = "refresh" + _name,
            [".Token.token_type"] = "bearer",
            [ExpiresAt] = FuzzTime.Now.ToString("o", CultureInfo.InvariantCulture),
            [SessionId] = "session" + _name,
            [".issued"] = FuzzTime.Now.AddHours(-1).ToString("r", CultureInfo.InvariantCulture),
            [".expires"] = FuzzTime.Now.AddDays(13).ToString("r", CultureInfo.InvariantCulture),
        };
    }

    public static Gen<string> Starts { get; } = Gen.Elements(
        "an expired token", "an expired token", "an expired token, and the refresh is refused", "an expired token while the server is down", "an expired token, and the answer is nonsense");

    public static (int Weight, Gen<Edit<StoredTicket>> Edit)[] Edits { get; } =
    [
        (8, Edit<StoredTicket>.Of("expires_at", OddTimes.Any, (ticket, text) => ticket.Items[ExpiresAt] = text)),
        (4, Edit<StoredTicket>.Of("lifetime", Gen.OneOf(Gen.Elements(_lifetimes), OddTimes.Any), (ticket, text) => ticket.Items[Lifetime] = text)),
        (2, Edit<StoredTicket>.Of("no expires_at", ticket => ticket.Items.Remove(ExpiresAt))),
        (2, Edit<StoredTicket>.Of("access_token", OddText.WellFormed, (ticket, text) => ticket.Items[AccessToken] = text)),
        (1, Edit<StoredTicket>.Of("no access_token", ticket => ticket.Items.Remove(AccessToken))),
        (2, Edit<StoredTicket>.Of("refresh_token", OddText.WellFormed, (ticket, text) => ticket.Items[RefreshToken] = text.Length == 0 ? text : text + ticket._name)),
        (1, Edit<StoredTicket>.Of("no refresh_token", ticket => ticket.Items.Remove(RefreshToken))),
        (1, Edit<StoredTicket>.Of("token_type", OddText.WellFormed, (ticket, text) => ticket.Items[".Token.token_type"] = text)),
        (1, Edit<StoredTicket>.Of("names of tokens", Gen.OneOf(OddText.WellFormed, Gen.Elements(";", ";;", "access_token;access_token", "refresh_token")), (ticket, text) => ticket.Items[".TokenNames"] = text)),
        (1, Edit<StoredTicket>.Of("no names of tokens", ticket => ticket.Items.Remove(".TokenNames"))),
        (1, Edit<StoredTicket>.Of("session id", OddText.WellFormed, (ticket, text) => ticket.Items[SessionId] = text.Length == 0 ? text : text + ticket._name)),
        (1, Edit<StoredTicket>.Of("no session id", ticket => ticket.Items.Remove(SessionId))),
        (1, Edit<StoredTicket>.Of("scheme", Gen.OneOf(OddText.WellFormed, Gen.Elements("binance", "Cookies", "Google", "Binance ")), (ticket, text) => ticket.Items[Issuer] = text)),
        (1, Edit<StoredTicket>.Of("no scheme", ticket => ticket.Items.Remove(Issuer))),
        (1, from name in Gen.Elements(".issued", ".expires")
            from edit in Edit<StoredTicket>.Of(name, OddTimes.Any, (ticket, text) => ticket.SetTime(name, text))
            select edit),
        (1, from name in Gen.Elements(".issued", ".expires")
            from edit in Edit<StoredTicket>.Of("no " + name, ticket => ticket.SetTime(name, null))
            select edit),
        (1, from name in Gen.Elements(".persistent", ".refresh", ".redirect", ".xsrf", "code_verifier", "")
            from edit in Edit<StoredTicket>.Of(name, OddText.WellFormed, (ticket, text) => ticket.Items[name] = text)
            select edit),
        (1, Edit<StoredTicket>.At("cookie cut at", (ticket, at) => ticket._cookie.Add(cookie => cookie[..(int)(at * cookie.Length)]))),
        (1, Edit<StoredTicket>.At("another character in the cookie at", (ticket, at) => ticket._cookie.Add(cookie => Changed(cookie, at)))),
        (1, Edit<StoredTicket>.Of("cookie", OddText.Any, (ticket, text) => ticket._cookie.Add(_ => text))),
    ];

    public Dictionary<string, string?> Items { get; }

    /// <summary>Whether the session's own times or its cookie are changed, so that it may not be a session at all.</summary>
    public bool MayBeNone { get; private set; }

    public ClaimsPrincipal User { get; } = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, Responses.UserId)], "Binance"));

    public string Cookie(ISecureDataFormat<AuthenticationTicket> tickets)
    {
        MayBeNone |= _cookie.Count > 0;
        var cookie = tickets.Protect(new AuthenticationTicket(User, new AuthenticationProperties(Items), "Cookies"));
        return _cookie.Aggregate(cookie, static (text, change) => change(text));
    }

    /// <summary>
    /// Whether a refresh is due, read here without the code that is tested; unknown where a time is written in a way that a reader may
    /// understand or not.
    /// </summary>
    public bool? IsDue()
    {
        if (Text(Issuer) != BinanceAuthenticationDefaults.AuthenticationScheme || Text(AccessToken) is null || Text(RefreshToken) is null)
        {
            return false;
        }

        var expiresAt = Read(ExpiresAt, out var doubt);
        if (doubt)
        {
            return null;
        }

        if (expiresAt - FuzzTime.Now is not { } remaining || remaining > _before)
        {
            return false;
        }

        if (remaining <= TimeSpan.Zero || Text(Lifetime) is not { } text)
        {
            return true;
        }

        // A token that lives shorter than ten minutes is due at half of its life.
        return !Seconds.IsMatch(text) ? null : decimal.Parse(text, CultureInfo.InvariantCulture) is var seconds && (seconds >= 600 || remaining <= TimeSpan.FromSeconds((double)seconds / 2));
    }

    private static string Changed(string cookie, double at)
    {
        var place = (int)(at * cookie.Length);
        return place < cookie.Length ? $"{cookie[..place]}{(cookie[place] == 'A' ? 'B' : 'A')}{cookie[(place + 1)..]}" : cookie;
    }

    private void SetTime(string name, string? text)
    {
        MayBeNone = true;
        if (text is null)
        {
            Items.Remove(name);
        }
        else
        {
            Items[name] = text;
        }
    }

    private string? Text(string item) => Items.TryGetValue(item, out var text) && !string.IsNullOrEmpty(text) ? text : null;

    private DateTimeOffset? Read(string item, out bool doubt)
    {
        doubt = false;
        if (Text(item) is not { } text || RoundTrip.Match(text) is not { Success: true } match)
        {
            doubt = Text(item) is { } odd && odd.Contains('T', StringComparison.OrdinalIgnoreCase);
            return null;
        }

        int Part(string name) => match.Groups[name] is { Success: true } part ? int.Parse(part.Value, CultureInfo.InvariantCulture) : 0;
        try
        {
            var offset = match.Groups["zone"].Success ? TimeSpan.FromMinutes((Part("hours") * 60) + Part("minutes")) : TimeSpan.Zero;
            return new DateTimeOffset(
                Part("year"), Part("month"), Part("day"), Part("hour"), Part("minute"), Part("second"), match.Groups["sign"].Value == "-" ? -offset : offset)
                .AddTicks(Part("fraction"));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[0-9]{1,20}(\.[0-9]{1,5})?\z")]
    private static partial Regex Seconds { get; }

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})T(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(Z|\.(?<fraction>[0-9]{7})(Z|(?<zone>(?<sign>[+-])(?<hours>[0-9]{2}):(?<minutes>[0-9]{2}))))\z")]
    private static partial Regex RoundTrip { get; }
}
