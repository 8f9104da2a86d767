using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Lets scripts of the allowed origins read the responses of an endpoint (CORS, Fetch standard). Which requests are handled is decided by
/// <see cref="SiteGuard"/>.
/// </summary>
/// <param name="options">Where the origins are.</param>
/// <param name="method">The endpoint's method.</param>
/// <param name="header">The one request header that browsers ask for.</param>
internal sealed class CrossOrigin(BinanceEmulatorOptions options, string method, string header)
{
    // In seconds. Browsers remember a preflight for so long, also when the origin is removed meanwhile.
    private const string MaxAge = "60";

    public static bool IsPreflight(HttpRequest request)
        => HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");

    /// <summary>Lets the origin of the request, if it is allowed, read the response, whatever it will be. The endpoints take no cookies, so that credentials are never allowed.</summary>
    /// <returns>Whether it is.</returns>
    public bool Allow(HttpContext context)
    {
        // A repeated header is no origin's.
        if (context.Request.Headers.Origin is not [{ } origin] || !options.AllowedOrigins.Contains(origin))
        {
            return false;
        }

        // An application's middleware may have set Vary. Responses without an allowed origin need none: no cache stores them.
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.Append("Vary", "Origin");
        return true;
    }

    public EmulatorResponse Preflight(EmulatorCall call) => new EmulatorResponse(204)
        .With("Access-Control-Allow-Methods", method)
        .With("Access-Control-Allow-Headers", header)
        .With("Access-Control-Max-Age", MaxAge);
}
