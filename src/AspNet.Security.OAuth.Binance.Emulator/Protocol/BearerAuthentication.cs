using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Reads the access token from the <c>Authorization</c> header (W6, W7; RFC 6750 section 2.1); with <see cref="BinanceEmulatorOptions.Lenient"/> also from the query.</summary>
internal sealed class BearerAuthentication(BinanceEmulatorOptions options, TokenStore tokens)
{
    private const string Parameter = "access_token";

    /// <returns>The token, or <see langword="null"/> with the response that refuses the call.</returns>
    public EmulatorToken? Authenticate(EmulatorCall call, out EmulatorResponse? refusal)
    {
        if (MisplacedToken(call) is { } problem)
        {
            var places = string.Join(" and ", new[] { ("the header", call.Authorization is not null), ("the query", call.Query.Contains(Parameter)), ("the body", call.Form.Contains(Parameter)) }
                .Where(place => place.Item2).Select(place => place.Item1));
            refusal = Envelope.Failure(400, BinanceEmulatorDefaults.InvalidRequestCode, new EmulatorRefusal(problem, "Authorization: Bearer <access token>", $"a token in {places}"));
            return null;
        }

        if (Value(call) is not { } value)
        {
            refusal = Unauthorized(
                call.Authorization is { } header
                    ? new("The Authorization header has no Bearer token.", "Bearer <access token>", Secret.ShortenHeader(header))
                    : new("The access token is missing: send Authorization: Bearer <access token>."),
                "Bearer");
            return null;
        }

        var token = tokens.FindAccess(value, out var reason);
        refusal = reason is null ? null : Refuse(reason);
        return token;
    }

    /// <summary>Refuses an invalid token (RFC 6750 section 3.1).</summary>
    public static EmulatorResponse Refuse(EmulatorRefusal reason) => Unauthorized(reason, "Bearer error=\"invalid_token\"");

    private string? MisplacedToken(EmulatorCall call)
    {
        // A token in a URL gets into logs and browser histories (RFC 6750 section 5.3).
        if (call.Form.Contains(Parameter) || (!options.Lenient && call.Query.Contains(Parameter)))
        {
            return options.Lenient
                ? "The access token belongs in the Authorization header or the query, not in the body."
                : "The access token belongs in the Authorization header, not in the query or the body. The emulator's option Lenient (--lenient) allows the query.";
        }

        // One method for each request (RFC 6750 section 2).
        return call.Query.Values(Parameter).Count + (call.Authorization is null ? 0 : 1) > 1 && call.Query.Contains(Parameter)
            ? "The access token is repeated."
            : null;
    }

    private static string? Value(EmulatorCall call) => call.Authorization is null ? call.Query.Text(Parameter) : call.BearerToken;

    private static EmulatorResponse Unauthorized(EmulatorRefusal reason, string challenge)
        => Envelope.Failure(401, BinanceEmulatorDefaults.InvalidTokenCode, reason).With("WWW-Authenticate", challenge);
}
