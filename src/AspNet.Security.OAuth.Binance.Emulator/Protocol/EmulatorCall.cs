namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A request, read once and within limits. Endpoints use it in place of the HTTP context.</summary>
internal sealed class EmulatorCall
{
    private const string Bearer = "Bearer ";

    public required DateTimeOffset Time { get; init; }

    public required EmulatorEndpoint Endpoint { get; init; }

    public required string Method { get; init; }

    /// <summary>Gets the whole path, as the browser sees it.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the part before the emulator's own paths: the application's path base and the prefix of its route group.</summary>
    public required string Prefix { get; init; }

    /// <summary>Gets a value indicating whether the path equals that of the route, case included.</summary>
    public bool IsExact { get; init; }

    public required string RawQuery { get; init; }

    public required EmulatorParameters Query { get; init; }

    public EmulatorParameters Form { get; init; } = EmulatorParameters.None;

    /// <summary>Gets a value indicating whether the content type is <c>application/x-www-form-urlencoded</c>.</summary>
    public bool IsForm { get; init; }

    public string Body { get; init; } = "";

    public string? ContentType { get; init; }

    public string? Authorization { get; init; }

    /// <summary>Gets the token of an <c>Authorization</c> header with the scheme Bearer (RFC 6750 section 2.1); otherwise <see langword="null"/>.</summary>
    public string? BearerToken => Authorization is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..] : null;

    public string? Accept { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>Gets the response to a request that cannot be read; otherwise <see langword="null"/>.</summary>
    public EmulatorResponse? Defect { get; init; }

    public bool Is(string method) => string.Equals(Method, method, StringComparison.Ordinal);
}
