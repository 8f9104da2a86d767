using System.Text;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Reads a request into memory, up to fixed limits.</summary>
internal static class RequestReader
{
    /// <summary>In bytes; far more than any request of this protocol has.</summary>
    public const int MaxBody = 16 * 1024;

    public const int MaxParameters = 64;

    public static async Task<EmulatorCall> ReadAsync(HttpContext context, EmulatorEndpoint endpoint, string path, string prefix, DateTimeOffset time)
    {
        var request = context.Request;
        var (body, defect) = await ReadBodyAsync(request, context.RequestAborted);
        var rawQuery = request.QueryString.Value ?? "";
        var query = EmulatorParameters.Parse(rawQuery, MaxParameters);
        var isForm = IsForm(request.ContentType);
        var form = isForm ? EmulatorParameters.Parse(body, MaxParameters) : EmulatorParameters.None;
        if (query.IsCut || form.IsCut)
        {
            defect ??= EmulatorResponse.Text(400, "Too many parameters.");
        }

        return new EmulatorCall
        {
            Time = time,
            Endpoint = endpoint,
            Method = request.Method,
            Path = path,
            Prefix = prefix,
            RawQuery = rawQuery,
            Query = query,
            Form = form,
            IsForm = isForm,
            Body = body,
            ContentType = Header(request, "Content-Type"),
            Authorization = Header(request, "Authorization"),
            Accept = Header(request, "Accept"),
            UserAgent = Header(request, "User-Agent"),
            Defect = defect,
        };
    }

    private static bool IsForm(string? contentType)
    {
        var end = contentType?.IndexOf(';') ?? -1;
        var mediaType = end < 0 ? contentType : contentType![..end];
        return string.Equals(mediaType?.Trim(), "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Header(HttpRequest request, string name)
        => request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private static async Task<(string Body, EmulatorResponse? Defect)> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBody + 1];
        var length = 0;
        try
        {
            int read;
            while (length < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
            }
        }
        catch (BadHttpRequestException exception)
        {
            return ("", EmulatorResponse.Text(exception.StatusCode, "The request body cannot be read."));
        }

        return length > MaxBody
            ? ("", EmulatorResponse.Text(413, $"The request body is longer than {MaxBody} bytes."))
            : (Encoding.UTF8.GetString(buffer, 0, length), null);
    }
}
