namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A fault in JSON with parameters.</summary>
internal sealed class FaultDetailsJson
{
    /// <summary>The properties of which a fault has exactly one.</summary>
    public const string Kinds = "status, body (with status and contentType, if need be), apiError, delaySeconds, dripSeconds or redirect";

    public int Status { get; set; } = 200;

    public string Body { get; set; } = "";

    public string ContentType { get; set; } = "application/json";

    public ApiErrorJson? ApiError { get; set; }

    /// <summary>Gets or sets the delay; <see langword="null"/>: infinite.</summary>
    public double? DelaySeconds { get; set; }

    /// <summary>Gets or sets the time before each byte; <see langword="null"/>: no byte is sent.</summary>
    public double? DripSeconds { get; set; }

    public string Redirect { get; set; } = "";

    /// <param name="given">The properties in the JSON.</param>
    /// <param name="path">The path of the object in the JSON.</param>
    /// <exception cref="JsonDefectException">There is no such fault.</exception>
    public EmulatorFault ToFault(IReadOnlyList<string> given, string path)
    {
        return given.Order(StringComparer.Ordinal).ToArray() switch
        {
            ["status"] => At("status", () => EmulatorFault.Status(Status)),
            ["body"] or ["body", "contentType"] or ["body", "status"] or ["body", "contentType", "status"]
                => WithBody(),
            ["apiError"] when ApiError is { } error => At("apiError.code", () => EmulatorFault.ApiError(error.Code, error.Message)),
            ["delaySeconds"] => At("delaySeconds", () => EmulatorFault.Delay(Time(DelaySeconds))),
            ["dripSeconds"] => At("dripSeconds", () => EmulatorFault.Drip(Time(DripSeconds))),
            ["redirect"] => IsHeader(Redirect) && Uri.TryCreate(Redirect, UriKind.RelativeOrAbsolute, out var location)
                ? EmulatorFault.Redirect(location)
                : throw Defect("redirect", "Expected an address."),
            _ => throw new JsonDefectException(path, $"A fault has one of {Kinds}."),
        };

        EmulatorFault WithBody()
        {
            try
            {
                return EmulatorFault.Body(Body, Status, ContentType);
            }
            catch (ArgumentException exception)
            {
                // The parameters have the names of the properties.
                throw Defect(exception.ParamName!, JsonDefectException.WordsOf(exception));
            }
        }

        EmulatorFault At(string name, Func<EmulatorFault> create) => JsonDefectException.At(JsonShape.Member(path, name), create);

        JsonDefectException Defect(string name, string words) => new(JsonShape.Member(path, name), words);
    }

    // Checked here, because the server would throw when it sends the response.
    private static bool IsHeader(string text) => !string.IsNullOrWhiteSpace(text) && text.All(character => character is >= ' ' and <= '~');

    // -0.001 seconds would be Timeout.InfiniteTimeSpan.
    private static TimeSpan Time(double? seconds) => seconds switch
    {
        null => Timeout.InfiniteTimeSpan,
        < 0 => throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "It must be at least 0, or null: without an end."),
        { } given => Seconds.ToTimeSpan(given),
    };
}

/// <summary>The code and the message of an API error's envelope, in JSON.</summary>
internal sealed class ApiErrorJson
{
    public required string Code { get; set; }

    public string? Message { get; set; }
}
