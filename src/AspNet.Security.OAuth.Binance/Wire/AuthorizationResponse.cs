using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// What the browser brings back from the authorize page (W3, RFC 6749 sections 4.1.2 and 4.1.2.1). Anybody can write such a URL.
/// </summary>
internal readonly record struct AuthorizationResponse(string? State, string? Code, string? Error, string? ErrorDescription)
{
    /// <summary>
    /// Reads the response, unless a parameter that decides stands there twice: which of the two is meant
    /// is then a matter of taste, and an attacker's proxy may have another taste than we have (RFC 6749 section 3.1).
    /// </summary>
    public static bool TryRead(IQueryCollection query, out AuthorizationResponse response)
    {
        var state = query["state"];
        var code = query["code"];
        var error = query["error"];
        if (state.Count > 1 || code.Count > 1 || error.Count > 1)
        {
            response = default;
            return false;
        }

        response = new(NullIfEmpty(state), NullIfEmpty(code), NullIfEmpty(error), NullIfEmpty(query["error_description"]));
        return true;
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
