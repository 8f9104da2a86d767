using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// What each fault of the emulator comes to, for each call. The faults are those that the emulator's public surface has: one that it
/// gets and that stands in no line here makes a test fail.
/// </summary>
internal static class FaultTable
{
    private const string Html = "<!doctype html><title>Maintenance</title><p>Please come back later.";
    private const string HalfSuccess = """{"code":"117041","message":null,"data":{"userId":"10000000000000000000000000000001"},"success":true}""";
    private const string TokensTwice = """{"access_token":"one","access_token":"two","token_type":"bearer","code":"000000","code":"000000","data":true,"success":true}""";
    private const string UserTwice = """{"code":"000000","message":null,"data":{"userId":"one","userId":"two"},"success":true}""";
    private const string NoNumber = """{"access_token":"one","token_type":"bearer","expires_in":NaN,"code":"000000","data":NaN,"success":true}""";

    private static readonly Uri _elsewhere = new("/elsewhere", UriKind.Relative);

    // Whoever has been refused is told so; whoever got no usable answer may try again. Only invalid_grant ends a session.
    private static readonly FaultLine[] _lines =
    [
        new(nameof(EmulatorFault.Status), "503", () => EmulatorFault.Status(503), Unavailable),
        new(nameof(EmulatorFault.Status), "500", () => EmulatorFault.Status(500), Unavailable),
        new(nameof(EmulatorFault.Status), "429", () => EmulatorFault.Status(429), Unavailable),
        new(nameof(EmulatorFault.Status), "408", () => EmulatorFault.Status(408), Unavailable),
        new(nameof(EmulatorFault.Status), "599", () => EmulatorFault.Status(599), Unavailable),
        new(nameof(EmulatorFault.Status), "200", () => EmulatorFault.Status(200), InvalidResponse),
        new(nameof(EmulatorFault.Status), "204", () => EmulatorFault.Status(204), InvalidResponse),
        new(nameof(EmulatorFault.Status), "304", () => EmulatorFault.Status(304), InvalidResponse),
        new(nameof(EmulatorFault.Status), "400", () => EmulatorFault.Status(400), TokenError, Api: ApiError),
        new(nameof(EmulatorFault.Status), "401", () => EmulatorFault.Status(401), TokenError, Api: ApiError),
        new(nameof(EmulatorFault.Status), "403", () => EmulatorFault.Status(403), TokenError, Api: ApiError),
        new(nameof(EmulatorFault.Status), "404", () => EmulatorFault.Status(404), TokenError, Api: ApiError),

        new(nameof(EmulatorFault.Body), "HTML with 200", () => EmulatorFault.Body(Html, 200, "text/html"), Unavailable),
        new(nameof(EmulatorFault.Body), "HTML with 202", () => EmulatorFault.Body(Html, 202, "text/html"), Unavailable),
        new(nameof(EmulatorFault.Body), "HTML with 403", () => EmulatorFault.Body(Html, 403, "text/html"), Unavailable),
        new(nameof(EmulatorFault.Body), "HTML that calls itself JSON", () => EmulatorFault.Body(Html), Unavailable),
        new(nameof(EmulatorFault.Body), "text with 200", () => EmulatorFault.Body("Please come back later.", 200, "text/plain"), InvalidResponse),
        new(nameof(EmulatorFault.Body), "HTML with 502", () => EmulatorFault.Body(Html, 502, "text/html"), Unavailable),
        new(nameof(EmulatorFault.Body), "invalid_grant", () => EmulatorFault.Body("""{"error":"invalid_grant"}""", 400), InvalidGrant, Api: ApiError),
        new(nameof(EmulatorFault.Body), "invalid_grant with 500", () => EmulatorFault.Body("""{"error":"invalid_grant"}""", 500), Unavailable),
        new(nameof(EmulatorFault.Body), "invalid_grant as text/plain", () => EmulatorFault.Body("""{"error":"invalid_grant"}""", 400, "text/plain;charset=utf-16"), InvalidGrant, Api: ApiError),
        new(nameof(EmulatorFault.Body), "invalid_client", () => EmulatorFault.Body("""{"error":"invalid_client"}""", 401), InvalidClient, Api: ApiError),
        new(nameof(EmulatorFault.Body), "invalid_scope", () => EmulatorFault.Body("""{"error":"invalid_scope"}""", 400), TokenError, Api: ApiError),
        new(nameof(EmulatorFault.Body), "temporarily_unavailable", () => EmulatorFault.Body("""{"error":"temporarily_unavailable"}""", 400), Unavailable, Api: ApiError),
        new(nameof(EmulatorFault.Body), "an error code that calls itself a success", () => EmulatorFault.Body(HalfSuccess), InvalidResponse, Api: ApiError),
        new(nameof(EmulatorFault.Body), "an empty object", () => EmulatorFault.Body("{}"), InvalidResponse),
        new(nameof(EmulatorFault.Body), "an array", () => EmulatorFault.Body("[]"), InvalidResponse),
        new(nameof(EmulatorFault.Body), "null", () => EmulatorFault.Body("null"), InvalidResponse),
        new(nameof(EmulatorFault.Body), "JSON that ends early", () => EmulatorFault.Body("""{"access_token":"a"""), InvalidResponse),
        new(nameof(EmulatorFault.Body), "members that stand there twice", () => EmulatorFault.Body(TokensTwice), InvalidResponse),
        new(nameof(EmulatorFault.Body), "a user that stands there twice", () => EmulatorFault.Body(UserTwice), InvalidResponse),
        new(nameof(EmulatorFault.Body), "NaN", () => EmulatorFault.Body(NoNumber), InvalidResponse),
        new(nameof(EmulatorFault.Body), "arrays in arrays in arrays", () => EmulatorFault.Body($$"""{"access_token":{{new string('[', 30_000)}}{{new string(']', 30_000)}}}"""), InvalidResponse),
        new(nameof(EmulatorFault.Body), "a byte order mark", () => EmulatorFault.Body("\uFEFF{}"), InvalidResponse),
        new(nameof(EmulatorFault.Body), "more than 64 KiB", () => EmulatorFault.Body($$"""{"access_token":"{{new string('a', 64 * 1024)}}"}"""), InvalidResponse),

        new(nameof(EmulatorFault.ApiError), "117041", () => EmulatorFault.ApiError("117041", "Quote expired"), InvalidResponse, Api: ApiError),
        new(nameof(EmulatorFault.Redirect), "307", () => EmulatorFault.Redirect(_elsewhere), InvalidResponse),
        new(nameof(EmulatorFault.InvalidGrant), "instead of the work", () => EmulatorFault.InvalidGrant, InvalidGrant, Api: ApiError),
        new(nameof(EmulatorFault.FirewallChallenge), "instead of the work", () => EmulatorFault.FirewallChallenge, Unavailable),
        new(nameof(EmulatorFault.EndlessBody), "with 200", () => EmulatorFault.EndlessBody, InvalidResponse),
        new(nameof(EmulatorFault.CutConnection), "after the work", () => EmulatorFault.CutConnection, Unavailable),
        new(nameof(EmulatorFault.HalfBody), "after the work", () => EmulatorFault.HalfBody, Unavailable),
        new(nameof(EmulatorFault.Delay), "without an end", () => EmulatorFault.Delay(System.Threading.Timeout.InfiniteTimeSpan), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Delay), "of no time", () => EmulatorFault.Delay(TimeSpan.Zero), null),
        new(nameof(EmulatorFault.Drip), "headers only", () => EmulatorFault.Drip(System.Threading.Timeout.InfiniteTimeSpan), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Drip), "a byte an hour", () => EmulatorFault.Drip(TimeSpan.FromHours(1)), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Drip), "without a pause", () => EmulatorFault.Drip(TimeSpan.Zero), null),

        // No fault, but it comes to one: a call that is taken and not worked on.
        new(nameof(EmulatorFaults.Hold), "without an end", () => null, BinanceFailure.Timeout),
    ];

    /// <summary>Everything that the emulator can be told to do wrong, by the name of its member.</summary>
    public static IEnumerable<string> Members => typeof(EmulatorFault)
        .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false })
        .Concat(typeof(EmulatorFaults)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name is not (nameof(EmulatorFaults.Next) or nameof(EmulatorFaults.Clear))))
        .Select(member => member.Name)
        .Distinct();

    /// <summary>Each fault with each call, all of a fault's lines or its first alone.</summary>
    public static TheoryData<string, ServerCall> Rows(bool firstOnly = false)
    {
        var rows = new TheoryData<string, ServerCall>();
        foreach (var name in Members.SelectMany(member => Names(member, firstOnly)))
        {
            foreach (var call in Enum.GetValues<ServerCall>())
            {
                rows.Add(name, call);
            }
        }

        return rows;
    }

    public static FaultLine Find(string name)
    {
        var line = _lines.SingleOrDefault(candidate => candidate.ToString() == name);
        Assert.True(line is not null, $"The emulator has the fault {name}, and {nameof(FaultTable)} does not say what it comes to.");
        return line;
    }

    private static IEnumerable<string> Names(string member, bool firstOnly)
    {
        var names = _lines.Where(line => line.Member == member).Select(line => line.ToString()).DefaultIfEmpty(member);
        return firstOnly ? names.Take(1) : names;
    }
}

/// <summary>
/// One fault.
/// </summary>
/// <param name="Member">The emulator's member that makes it.</param>
/// <param name="Detail">Which one of those that this member makes.</param>
/// <param name="Make">Makes it; <see langword="null"/> for one that is not added but held.</param>
/// <param name="Token">What it comes to at the token endpoint, for a code and for a refresh token; <see langword="null"/> if it does no harm.</param>
/// <param name="Api">The same for user-info and revocation, if it is something else there.</param>
internal sealed record FaultLine(string Member, string Detail, Func<EmulatorFault?> Make, BinanceFailure? Token, BinanceFailure? Api = null)
{
    public BinanceFailure? Expected(ServerCall call)
        => call is ServerCall.CodeExchange or ServerCall.Refresh ? Token : Api ?? Token;

    public override string ToString() => $"{Member}: {Detail}";
}
