using AspNet.Security.OAuth.Binance.Emulator.Control;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Checks who sends a request: this machine or, to an allowed host, another one; a page of which site; with the control key where it is required.</summary>
internal sealed class EmulatorGuard(BinanceEmulatorOptions options)
{
    private readonly LoopbackGuard _loopback = new(options);
    private readonly SiteGuard _sites = new(options);
    private readonly ControlKeyGuard _key = new(options);

    /// <summary>Checks a request to any route but the control API's, before it changes any state.</summary>
    /// <returns>The response that replaces the route's, or <see langword="null"/> when the request is allowed.</returns>
    public EmulatorResponse? Check(HttpContext context, EmulatorCall call, RouteKind kind)
    {
        if ((_loopback.Refuse(context) ?? _sites.Refuse(context.Request, kind)) is { } reason)
        {
            return EmulatorResponse.Text(403, reason).Because(new(reason));
        }

        return kind == RouteKind.StatusPage ? _key.Enter(context, call) : null;
    }

    /// <summary>Checks a request to the control API.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needsKey">Whether the operation requires the control key while other machines are allowed.</param>
    /// <returns>The refusal, 403 or 401 with <c>{"error":"…"}</c>, or <see langword="null"/> when the request is allowed.</returns>
    public ControlResponse? CheckControl(HttpContext context, bool needsKey)
    {
        if ((_loopback.Refuse(context) ?? _sites.RefuseControl(context.Request)) is { } reason)
        {
            return ControlResponse.Error(403, reason);
        }

        return needsKey && !_key.Admits(context.Request)
            ? ControlResponse.Error(401, $"The control API of this emulator needs its control key, in the header {ControlKeyGuard.Header}.").With("WWW-Authenticate", ControlKeyGuard.Challenge)
            : null;
    }
}
