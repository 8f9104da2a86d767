using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Checks whether a request may use the JSON API.</summary>
/// <param name="context">The request.</param>
/// <param name="needsKey">Whether the operation requires the control key while other machines are allowed.</param>
/// <returns>The refusal; <see langword="null"/> when the request may pass.</returns>
internal delegate ControlResponse? ControlGuard(HttpContext context, bool needsKey);
