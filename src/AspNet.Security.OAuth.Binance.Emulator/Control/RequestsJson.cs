namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The matching requests, oldest first. <see cref="Count"/> includes those beyond the limit.</summary>
internal sealed record RequestsJson(int Count, IReadOnlyList<RequestJson> Requests);

/// <summary>The reason for the refusal of a request.</summary>
internal sealed record RefusalJson(string Rule, string? Expected, string? Actual);

/// <summary>A request and its response.</summary>
internal sealed class RequestJson
{
    public required DateTime Time { get; init; }

    public required EmulatorEndpoint Endpoint { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Query { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Form { get; init; }

    public required string Body { get; init; }

    public required string? ContentType { get; init; }

    public required string? Authorization { get; init; }

    public required string? Accept { get; init; }

    public required string? UserAgent { get; init; }

    public required string? GrantType { get; init; }

    public required int Status { get; init; }

    public required string ResponseBody { get; init; }

    public required string? Location { get; init; }

    public required string? GrantId { get; init; }

    public required RefusalJson? Refusal { get; init; }

    public required string? Fault { get; init; }

    public static RequestJson Of(EmulatorRequest request) => new()
    {
        Time = request.Time.UtcDateTime,
        Endpoint = request.Endpoint,
        Method = request.Method,
        Path = request.Path,
        Query = Values(request.Query),
        Form = Values(request.Form),
        Body = request.Body,
        ContentType = request.ContentType,
        Authorization = request.Authorization,
        Accept = request.Accept,
        UserAgent = request.UserAgent,
        GrantType = request.GrantType,
        Status = request.Status,
        ResponseBody = request.ResponseBody,
        Location = request.Location,
        GrantId = request.GrantId,
        Refusal = request.Refusal is { } refusal ? new(refusal.Rule, refusal.Expected, refusal.Actual) : null,
        Fault = request.Fault,
    };

    private static Dictionary<string, IReadOnlyList<string>> Values(EmulatorParameters parameters)
        => parameters.Select(parameter => parameter.Key).Distinct(StringComparer.Ordinal).ToDictionary(name => name, parameters.Values, StringComparer.Ordinal);
}
