using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

/// <summary>
/// The kind of failure that each fault of the emulator is, for each call. The faults are the members of the emulator's public API: a new
/// one without a line here fails a test.
/// </summary>
internal static class FaultTable
{
    private const string Html = "<!doctype html><title>Maintenance</title><p>Please come back later.";
    private const string Refusal = """{"code":"117041","message":"Quote expired","data":null,"success":false}""";
    private const string HalfSuccess = """{"code":"117041","message":null,"data":{"userId":"10000000000000000000000000000001"},"success":true}""";
    private const string TokensTwice = """{"access_token":"one","access_token":"two","token_type":"bearer","code":"000000","code":"000000","data":true,"success":true}""";
    private const string UserTwice = """{"code":"000000","message":null,"data":{"userId":"one","userId":"two"},"success":true}""";
    private const string NoNumber = """{"access_token":"one","token_type":"bearer","expires_in":NaN,"code":"000000","data":NaN,"success":true}""";

    private static readonly Uri _elsewhere = new("/elsewhere", UriKind.Relative);

    private const string Json = "application/json";

    // Only invalid_grant ends a session: it is the one response that says that a refresh token is no longer valid.
    private static readonly FaultLine[] _lines =
    [
        Status(503, Unavailable),
        Status(500, Unavailable),
        Status(429, Unavailable),
        Status(408, Unavailable),
        Status(599, Unavailable),
        Status(200, InvalidResponse),
        Status(204, InvalidResponse),
        Status(304, InvalidResponse),
        Status(400, TokenError, api: ApiError),
        Status(401, TokenError, api: ApiError),
        Status(403, TokenError, api: ApiError),
        Status(404, TokenError, api: ApiError),

        Body("HTML with 200", Html, Unavailable, contentType: "text/html"),
        Body("HTML with 202", Html, Unavailable, status: 202, contentType: "text/html"),
        Body("HTML with 403", Html, Unavailable, status: 403, contentType: "text/html"),
        Body("HTML with 502", Html, Unavailable, status: 502, contentType: "text/html"),
        Body("HTML as application/json", Html, Unavailable),
        Body("text with 200", "Please come back later.", InvalidResponse, contentType: "text/plain"),

        Error(400, "invalid_grant", InvalidGrant),
        Error(401, "invalid_grant", InvalidGrant),
        Error(401, "invalid_token", InvalidGrant),
        Error(500, "invalid_grant", Unavailable, api: Unavailable),
        Error(200, "invalid_grant", InvalidGrant, api: InvalidResponse),
        Error(400, "invalid_grant", InvalidGrant, contentType: "text/plain;charset=utf-16"),
        Error(400, "invalid_client", InvalidClient),
        Error(401, "invalid_client", InvalidClient),
        Error(400, "unauthorized_client", InvalidClient),
        Error(400, "invalid_scope", TokenError),
        Error(403, "something_new", TokenError),
        Error(200, "something_new", TokenError, api: InvalidResponse),
        Error(400, "server_error", Unavailable),
        Error(400, "temporarily_unavailable", Unavailable),

        Body("an error code with success: true", HalfSuccess, InvalidResponse, api: ApiError),
        Body("an error code with 400", Refusal, TokenError, api: ApiError, status: 400),
        Body("an empty object", "{}", InvalidResponse),
        Body("an array", "[]", InvalidResponse),
        Body("a string", "\"token\"", InvalidResponse),
        Body("null", "null", InvalidResponse),
        Body("a form", "access_token=token&token_type=bearer", InvalidResponse),
        Body("no access token", """{"token_type":"bearer"}""", InvalidResponse),
        Body("names in capitals", """{"ACCESS_TOKEN":"token","CODE":"000000","DATA":true,"SUCCESS":true}""", InvalidResponse),
        Body("JSON that ends early", """{"access_token":"a""", InvalidResponse),
        Body("JSON with a comma at the end", """{"access_token":"token","code":"000000","data":true,"success":true,}""", InvalidResponse),
        Body("two objects", """{"access_token":"token","code":"000000","data":true,"success":true} {}""", InvalidResponse),
        Body("duplicate members", TokensTwice, InvalidResponse),
        Body("duplicate user ids", UserTwice, InvalidResponse),
        Body("a name that is half a surrogate pair", """{"\ud800":1,"access_token":"token","code":"000000","data":true,"success":true}""", InvalidResponse),
        Body("NaN", NoNumber, InvalidResponse),
        Body("20 nested arrays", Nested(20), InvalidResponse),
        Body("30,000 nested arrays", Nested(30_000), InvalidResponse),
        Body("a byte order mark", "\uFEFF{}", InvalidResponse),
        Body("more than 64 KiB", $$"""{"access_token":"{{new string('a', 64 * 1024)}}"}""", InvalidResponse),

        new(nameof(EmulatorFault.ApiError), "117041", () => EmulatorFault.ApiError("117041", "Quote expired"), InvalidResponse, Api: ApiError),
        new(nameof(EmulatorFault.Redirect), "307", () => EmulatorFault.Redirect(_elsewhere), InvalidResponse),
        new(nameof(EmulatorFault.InvalidGrant), "instead of handling", () => EmulatorFault.InvalidGrant, InvalidGrant, Api: ApiError),
        new(nameof(EmulatorFault.FirewallChallenge), "instead of handling", () => EmulatorFault.FirewallChallenge, Unavailable),
        new(nameof(EmulatorFault.EndlessBody), "with 200", () => EmulatorFault.EndlessBody, InvalidResponse),
        new(nameof(EmulatorFault.CutConnection), "after handling", () => EmulatorFault.CutConnection, Unavailable),
        new(nameof(EmulatorFault.HalfBody), "after handling", () => EmulatorFault.HalfBody, Unavailable),
        new(nameof(EmulatorFault.Delay), "without an end", () => EmulatorFault.Delay(System.Threading.Timeout.InfiniteTimeSpan), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Delay), "of no time", () => EmulatorFault.Delay(TimeSpan.Zero), null),
        new(nameof(EmulatorFault.Drip), "headers only", () => EmulatorFault.Drip(System.Threading.Timeout.InfiniteTimeSpan), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Drip), "a byte an hour", () => EmulatorFault.Drip(TimeSpan.FromHours(1)), BinanceFailure.Timeout),
        new(nameof(EmulatorFault.Drip), "without a pause", () => EmulatorFault.Drip(TimeSpan.Zero), null),

        // Not added as a fault: the emulator receives the call and does not handle it.
        new(nameof(EmulatorFaults.Hold), "without an end", () => null, BinanceFailure.Timeout),
    ];

    /// <summary>The names of the emulator's members that make a fault.</summary>
    public static IEnumerable<string> Members => typeof(EmulatorFault)
        .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false })
        .Concat(typeof(EmulatorFaults)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name is not (nameof(EmulatorFaults.Next) or nameof(EmulatorFaults.Clear))))
        .Select(member => member.Name)
        .Distinct();

    /// <summary>Each fault with each call: all lines of a member, or the first one.</summary>
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
        Assert.True(line is not null, $"The emulator has the fault {name}, and {nameof(FaultTable)} has no line for it.");
        return line;
    }

    private static FaultLine Status(int status, BinanceFailure token, BinanceFailure? api = null)
        => new(nameof(EmulatorFault.Status), $"{status}", () => EmulatorFault.Status(status), token, api);

    // RFC 6749 section 5.2.
    private static FaultLine Error(int status, string error, BinanceFailure token, BinanceFailure api = ApiError, string contentType = Json)
        => Body($"{error} with {status} as {contentType}", $$"""{"error":"{{error}}"}""", token, api, status, contentType);

    private static FaultLine Body(
        string detail, string body, BinanceFailure token, BinanceFailure? api = null, int status = 200, string contentType = Json)
        => new(nameof(EmulatorFault.Body), detail, () => EmulatorFault.Body(body, status, contentType), token, api);

    private static string Nested(int depth)
        => $$"""{"access_token":"token","code":"000000","data":true,"success":true,"x":{{new string('[', depth)}}{{new string(']', depth)}}}""";

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
/// <param name="Detail">The arguments of the member, in words.</param>
/// <param name="Make">Makes it; returns <see langword="null"/> if the call is held instead.</param>
/// <param name="Token">The failure at the token endpoint, for a code and for a refresh token; <see langword="null"/> if the call succeeds.</param>
/// <param name="Api">The failure of user-info and revocation, if it is another one.</param>
internal sealed record FaultLine(string Member, string Detail, Func<EmulatorFault?> Make, BinanceFailure? Token, BinanceFailure? Api = null)
{
    public BinanceFailure? Expected(ServerCall call)
        => call is ServerCall.CodeExchange or ServerCall.Refresh ? Token : Api ?? Token;

    public override string ToString() => $"{Member}: {Detail}";
}
