using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Allows scripts of the allowed origins to read the responses of an endpoint (CORS, Fetch standard). <see cref="SiteGuard"/> decides which
/// requests are handled.
/// </summary>
/// <param name="options">The options with the origins.</param>
/// <param name="method">The endpoint's method.</param>
/// <param name="header">The allowed request header.</param>
internal sealed class CrossOrigin(BinanceEmulatorOptions options, string method, string header)
{
    // In seconds. Browsers cache a preflight for this time, also when the origin is removed in between.
    private const string MaxAge = "60";

    public static bool IsPreflight(HttpRequest request)
        => HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");

    /// <summary>Allows the origin of the request, if it is in the list, to read the response. Credentials are never allowed: the endpoints use no cookies.</summary>
    /// <returns>Whether the origin is in the list.</returns>
    public bool Allow(HttpContext context)
    {
        // A repeated header is invalid.
        if (context.Request.Headers.Origin is not [{ } origin] || !options.AllowedOrigins.Contains(origin))
        {
            return false;
        }

        // Appended: an application's middleware may have set Vary. Responses without an allowed origin need none, because no cache stores them.
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.Append("Vary", "Origin");
        return true;
    }

    public EmulatorResponse Preflight(EmulatorCall call) => new EmulatorResponse(204)
        .With("Access-Control-Allow-Methods", method)
        .With("Access-Control-Allow-Headers", header)
        .With("Access-Control-Max-Age", MaxAge);
}
