using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AspNet.Security.OAuth.Binance.Emulator.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>A request to the JSON API.</summary>
/// <param name="context">The HTTP request.</param>
/// <param name="aborted">Cancelled when the caller disconnects or the emulator stops.</param>
internal sealed class ControlCall(HttpContext context, CancellationToken aborted)
{
    /// <summary>In bytes.</summary>
    public const int MaxBody = 64 * 1024;
    private const int MaxParameters = 64;

    private readonly EmulatorParameters _query = EmulatorParameters.Parse(context.Request.QueryString.Value, MaxParameters);
    private ReadOnlyMemory<byte> _body;

    public HttpContext Context => context;

    public CancellationToken Aborted => aborted;

    /// <summary>
    /// Returns the id in the last segment of the path. It is decoded from the raw target: a server decodes all of a path except %2F, so that
    /// c%2Fd and c%252Fd have the same route value. An in-memory server has no raw target.
    /// </summary>
    public string Id(string name) => context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
        ? Uri.UnescapeDataString(target.Split('?')[0].TrimEnd('/').Split('/')[^1])
        : ((string)context.GetRouteValue(name)!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="JsonDefectException">The query has an unknown or a repeated parameter.</exception>
    public void CheckQuery(IReadOnlyList<string> parameters)
    {
        if (_query.Select(parameter => parameter.Key).FirstOrDefault(name => !parameters.Contains(name)) is { } unknown)
        {
            throw new JsonDefectException(unknown, parameters.Count == 0
                ? "There is no such parameter: this resource has none."
                : $"There is no such parameter. Expected: {string.Join(", ", parameters)}.");
        }

        if (_query.Repeated is { } repeated)
        {
            throw new JsonDefectException(repeated, "The parameter is repeated.");
        }
    }

    public string? Text(string name) => _query[name];

    /// <exception cref="JsonDefectException">The parameter is not a whole number in the range.</exception>
    public int? Number(string name, int least, int most = int.MaxValue) => _query[name] switch
    {
        null => null,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        _ => throw new JsonDefectException(name, most == int.MaxValue ? $"Expected a whole number, at least {least}." : $"Expected a whole number, {least} to {most}."),
    };

    /// <exception cref="JsonDefectException">The parameter is not a number in the range.</exception>
    public double? Seconds(string name, double most) => _query[name] switch
    {
        null => null,
        { } text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most => number,
        _ => throw new JsonDefectException(name, $"Expected a number of seconds, 0 to {most}."),
    };

    /// <exception cref="JsonDefectException">The parameter is not an endpoint.</exception>
    public EmulatorEndpoint? Endpoint(string name) => _query[name] switch
    {
        null => null,
        { } text => Enum.GetValues<EmulatorEndpoint>().Where(endpoint => JsonNamingPolicy.CamelCase.ConvertName($"{endpoint}") == text).Cast<EmulatorEndpoint?>().FirstOrDefault()
            ?? throw new JsonDefectException(name, $"Expected one of {string.Join(", ", JsonShape.NamesOf(typeof(EmulatorEndpoint)))}."),
    };

    /// <summary>Receives the body.</summary>
    /// <exception cref="BadHttpRequestException">It is too long.</exception>
    public async Task ReadBodyAsync()
    {
        var buffer = new byte[MaxBody + 1];
        var length = 0;
        try
        {
            int read;
            while (length < buffer.Length && (read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), aborted)) > 0)
            {
                length += read;
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == 413)
        {
            // The server's own limit.
            length = buffer.Length;
        }

        _body = length <= MaxBody ? buffer.AsMemory(0, length) : throw new BadHttpRequestException($"The body is longer than {MaxBody} bytes.", 413);
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonDefectException">The body is empty or invalid.</exception>
    /// <exception cref="BadHttpRequestException">The content type is not JSON.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class
        => ReadOptional(type) ?? throw new JsonDefectException("", "The body is empty. Expected JSON.");

    /// <summary>Reads the body, if there is one.</summary>
    /// <exception cref="JsonDefectException">The body is invalid.</exception>
    /// <exception cref="BadHttpRequestException">The content type is not JSON.</exception>
    public T? ReadOptional<T>(JsonTypeInfo<T> type)
        where T : class
        => ReadElement() is { } element ? JsonShape.Read(element, type) : null;

    /// <summary>Parses the body.</summary>
    /// <returns>The body, or <see langword="null"/> when it is empty.</returns>
    /// <exception cref="JsonDefectException">The body is not JSON.</exception>
    /// <exception cref="BadHttpRequestException">The content type is not JSON.</exception>
    public JsonElement? ReadElement()
    {
        if (_body.IsEmpty)
        {
            return null;
        }

        // A page of any origin can send a form or text/plain without a preflight (CORS).
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var contentType)
            || !contentType.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || !(contentType.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(contentType.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new BadHttpRequestException("Send the body as JSON in UTF-8, with the header Content-Type: application/json.", 415);
        }

        try
        {
            using var document = JsonShape.Parse(_body);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new JsonDefectException("", $"The body is not JSON. {exception.Message}");
        }
    }
}
