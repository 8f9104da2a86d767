using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// A response of Binance.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Json">The body if it is a JSON object.</param>
/// <param name="Fault">What is wrong with the body, or <see langword="null"/> if it is a JSON object.</param>
/// <param name="IsFirewall">Whether it is the response of a firewall in front of Binance (W8), which says nothing about the request.</param>
internal readonly record struct BinanceResponse(HttpStatusCode Status, JsonElement Json, string? Fault, bool IsFirewall = false)
{
    public const string Unavailable = "the server is not available";

    public int StatusCode => (int)Status;

    public bool IsSuccess => StatusCode is >= 200 and <= 299 && !IsFirewall;

    public bool IsRedirect => StatusCode is >= 300 and <= 399;

    /// <summary>Gets why the response says nothing about the request itself, so that the same request may succeed later; otherwise <see langword="null"/>.</summary>
    public string? Outage => IsFirewall ? "the response is that of a firewall or a proxy" : StatusCode is >= 500 or 408 or 429 ? Unavailable : null;
}
