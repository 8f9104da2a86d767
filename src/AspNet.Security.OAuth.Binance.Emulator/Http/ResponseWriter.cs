using System.Text;
using AspNet.Security.OAuth.Binance.Emulator.Messages;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Sends an answer, or what a fault leaves of it.</summary>
internal static class ResponseWriter
{
    private static readonly byte[] s_endlessStart = "{\"access_token\":\""u8.ToArray();
    private static readonly byte[] s_endlessChunk = Enumerable.Repeat((byte)'a', 4096).ToArray();

    public static async Task SendAsync(HttpContext context, EmulatorResponse answer, EmulatorFault? fault, TimeProvider clock, CancellationToken gone)
    {
        switch (fault?.Kind)
        {
            case EmulatorFaultKind.CutConnection:
                context.Abort();
                return;
            case EmulatorFaultKind.HalfBody:
                await SendHalfAsync(context, answer, gone);
                return;
            case EmulatorFaultKind.Drip:
                await DripAsync(context, answer, fault.Time, clock, gone);
                return;
            case EmulatorFaultKind.EndlessBody:
                await SendEndlessAsync(context, answer, gone);
                return;
            default:
                await context.Response.Body.WriteAsync(WriteHead(context, answer), gone);
                return;
        }
    }

    private static byte[] WriteHead(HttpContext context, EmulatorResponse answer)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body);
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.ContentType is not null)
        {
            response.ContentType = answer.ContentType;
        }

        // 204, 205 and 304 have neither a body nor a length (RFC 9110 sections 8.6 and 15).
        if (answer.Status is 204 or 205 or 304)
        {
            return [];
        }

        response.ContentLength = body.Length;
        return body;
    }

    private static async Task SendHalfAsync(HttpContext context, EmulatorResponse answer, CancellationToken gone)
    {
        var body = WriteHead(context, answer);
        if (body.Length == 0)
        {
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), gone);
        await context.Response.Body.FlushAsync(gone);

        // Kestrel closes a connection by itself when a body is shorter than announced, and it does so after what was written has
        // left; aborting could overtake it. An in-memory server announces nothing and must be told.
        if (context.Features.Get<IConnectionLifetimeFeature>() is null)
        {
            context.Abort();
        }
    }

    private static async Task DripAsync(HttpContext context, EmulatorResponse answer, TimeSpan pause, TimeProvider clock, CancellationToken gone)
    {
        var body = WriteHead(context, answer);
        await context.Response.Body.FlushAsync(gone);
        for (var sent = 0; sent < body.Length; sent++)
        {
            await Task.Delay(pause, clock, gone);
            await context.Response.Body.WriteAsync(body.AsMemory(sent, 1), gone);
            await context.Response.Body.FlushAsync(gone);
        }
    }

    private static async Task SendEndlessAsync(HttpContext context, EmulatorResponse answer, CancellationToken gone)
    {
        WriteHead(context, answer);
        context.Response.ContentLength = null;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.Body.WriteAsync(s_endlessStart, gone);
        while (true)
        {
            await context.Response.Body.WriteAsync(s_endlessChunk, gone);
            await context.Response.Body.FlushAsync(gone);
        }
    }
}
