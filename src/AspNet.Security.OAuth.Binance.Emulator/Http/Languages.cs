using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Matches the language segment of the authorize URL (W1).</summary>
internal sealed class Languages : IRouteConstraint
{
    private static readonly HashSet<string> _codes = new(
        "en au cn tw ar nl ph fr de id it ja kr pl br pt ru es th tr ua vn ro cs he bg lv bn sv".Split(' '),
        StringComparer.Ordinal);

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection)
        => values.TryGetValue(routeKey, out var value) && value is string code && _codes.Contains(code);
}
