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

    /// <summary>Reads all but the body, which may arrive later.</summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="suffix">The end of its path; <see langword="null"/> for any path.</param>
    /// <param name="time">The time of arrival.</param>
    public static EmulatorCall ReadHead(HttpContext context, EmulatorEndpoint endpoint, string? suffix, DateTimeOffset time)
    {
        var request = context.Request;
        var pathBase = request.PathBase.ToUriComponent();
        var path = pathBase + request.Path.ToUriComponent();

        // OPTIONS * and CONNECT have no path, which routing matches with the root.
        var end = suffix is null ? -1 : path.LastIndexOf(suffix, StringComparison.OrdinalIgnoreCase);
        var rawQuery = request.QueryString.Value ?? "";
        return new EmulatorCall
        {
            Time = time,
            Endpoint = endpoint,
            Method = request.Method,
            Path = path,
            Prefix = end < 0 ? pathBase : path[..end],

            // Routing ignores case and a trailing slash. Binance's servers may not, so the emulator compares exactly.
            IsExact = suffix is null || path.EndsWith(suffix, StringComparison.Ordinal),
            RawQuery = rawQuery,
            Query = EmulatorParameters.Parse(rawQuery, MaxParameters),
            IsForm = IsForm(request.ContentType),
            ContentType = Header(request, "Content-Type"),
            Authorization = Header(request, "Authorization"),
            Accept = Header(request, "Accept"),
            UserAgent = Header(request, "User-Agent"),
        };
    }

    /// <summary>Reads the body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="head">The result of <see cref="ReadHead"/>.</param>
    /// <param name="aborted">Cancelled when the caller disconnects or the emulator stops.</param>
    public static async Task<EmulatorCall> ReadAsync(HttpContext context, EmulatorCall head, CancellationToken aborted)
    {
        var (body, defect) = await ReadBodyAsync(context.Request, aborted);
        var form = head.IsForm ? EmulatorParameters.Parse(body, MaxParameters) : EmulatorParameters.None;
        if (head.Query.IsCut || form.IsCut)
        {
            defect ??= EmulatorResponse.Text(400, "Too many parameters.");
        }

        return new EmulatorCall
        {
            Time = head.Time,
            Endpoint = head.Endpoint,
            Method = head.Method,
            Path = head.Path,
            Prefix = head.Prefix,
            IsExact = head.IsExact,
            RawQuery = head.RawQuery,
            Query = head.Query,
            Form = form,
            IsForm = head.IsForm,
            Body = body,
            ContentType = head.ContentType,
            Authorization = head.Authorization,
            Accept = head.Accept,
            UserAgent = head.UserAgent,
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
