using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Decides who may use the JSON API.</summary>
/// <param name="context">The request.</param>
/// <param name="needsKey">Whether the operation needs the control key, when one is needed.</param>
/// <returns>The refusal; <see langword="null"/> when the request may pass.</returns>
internal delegate ControlResponse? ControlGuard(HttpContext context, bool needsKey);
