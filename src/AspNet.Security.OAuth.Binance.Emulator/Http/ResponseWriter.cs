using System.Text;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Writes a response, or a part of it as a fault demands.</summary>
internal static class ResponseWriter
{
    private static readonly byte[] _endlessStart = "{\"access_token\":\""u8.ToArray();
    private static readonly byte[] _endlessChunk = Enumerable.Repeat((byte)'a', 4096).ToArray();

    public static async Task WriteAsync(HttpContext context, EmulatorResponse response, EmulatorFault? fault, TimeProvider clock, CancellationToken aborted)
    {
        switch (fault?.Kind)
        {
            case EmulatorFaultKind.CutConnection:
                context.Abort();
                return;
            case EmulatorFaultKind.HalfBody:
                await WriteHalfAsync(context, response, aborted);
                return;
            case EmulatorFaultKind.Drip:
                await WriteSlowlyAsync(context, response, fault.Time, clock, aborted);
                return;
            case EmulatorFaultKind.EndlessBody:
                await WriteEndlessAsync(context, response, aborted);
                return;
            default:
                await context.Response.Body.WriteAsync(WriteHead(context, response), aborted);
                return;
        }
    }

    /// <summary>Sets the status and the headers, without those of a body.</summary>
    public static void WriteHeaders(HttpContext context, EmulatorResponse response)
    {
        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (response.ContentType is not null)
        {
            context.Response.ContentType = response.ContentType;
        }
    }

    private static byte[] WriteHead(HttpContext context, EmulatorResponse response)
    {
        var body = Encoding.UTF8.GetBytes(response.Body);
        WriteHeaders(context, response);

        // Responses with 204, 205 and 304 have neither a body nor a length (RFC 9110 sections 8.6 and 15).
        if (response.Status is 204 or 205 or 304)
        {
            return [];
        }

        // The response to HEAD has the Content-Length of that to GET (RFC 9110 section 9.3.2).
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? [] : body;
    }

    private static async Task WriteHalfAsync(HttpContext context, EmulatorResponse response, CancellationToken aborted)
    {
        var body = WriteHead(context, response);
        if (body.Length == 0)
        {
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), aborted);
        await context.Response.Body.FlushAsync(aborted);

        // Kestrel closes the connection when a body is shorter than its Content-Length, after it has sent the written part, which an abort
        // could discard. An in-memory server does not compare the lengths.
        if (context.Features.Get<IConnectionLifetimeFeature>() is null)
        {
            context.Abort();
        }
    }

    private static async Task WriteSlowlyAsync(HttpContext context, EmulatorResponse response, TimeSpan pause, TimeProvider clock, CancellationToken aborted)
    {
        var body = WriteHead(context, response);
        await context.Response.Body.FlushAsync(aborted);
        for (var sent = 0; sent < body.Length; sent++)
        {
            await Task.Delay(pause, clock, aborted);
            await context.Response.Body.WriteAsync(body.AsMemory(sent, 1), aborted);
            await context.Response.Body.FlushAsync(aborted);
        }
    }

    private static async Task WriteEndlessAsync(HttpContext context, EmulatorResponse response, CancellationToken aborted)
    {
        WriteHead(context, response);
        context.Response.ContentLength = null;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.Body.WriteAsync(_endlessStart, aborted);
        while (true)
        {
            await context.Response.Body.WriteAsync(_endlessChunk, aborted);
            await context.Response.Body.FlushAsync(aborted);
        }
    }
}
