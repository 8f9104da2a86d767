using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>A response of the JSON API.</summary>
internal sealed class ControlResponse(int status, ReadOnlyMemory<byte> body)
{
    private readonly Dictionary<string, string> _headers = new()
    {
        ["Cache-Control"] = "no-store",
        ["X-Content-Type-Options"] = "nosniff",
        ["Cross-Origin-Resource-Policy"] = "same-origin",
    };

    public int Status => status;

    public ReadOnlyMemory<byte> Body => body;

    public static ControlResponse NoContent { get; } = new(204, default);

    public static ControlResponse Ok<T>(T value, JsonTypeInfo<T> type) => Json(200, value, type);

    public static ControlResponse Json<T>(int status, T value, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static ControlResponse Error(int status, string words) => Json(status, new ErrorJson(words), ControlJson.Readable.ErrorJson);

    public ControlResponse With(string header, string value)
    {
        _headers[header] = value;
        return this;
    }

    /// <summary>Sets the header <c>Location</c> of a created resource.</summary>
    public ControlResponse At(ControlCall call, string id)
        => With("Location", $"{call.Context.Request.PathBase}{call.Context.Request.Path.ToUriComponent().TrimEnd('/')}/{Uri.EscapeDataString(id)}");

    public async Task WriteAsync(HttpContext context, CancellationToken aborted)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in _headers)
        {
            context.Response.Headers[name] = value;
        }

        if (status == 204)
        {
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, aborted);
        }
    }
}
