namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A request to the emulator and its answer. It is in the journal from the moment the answer is decided, before any of it is sent.</summary>
public sealed class EmulatorRequest
{
    // In characters.
    private const int MaxBody = 8 * 1024;

    internal EmulatorRequest()
    {
    }

    /// <summary>When it arrived, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>What it was for.</summary>
    public EmulatorEndpoint Endpoint { get; internal init; }

    /// <summary>The HTTP method.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>The path, with the application's path base and prefix.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The query as it came, with its question mark; empty when there was none.</summary>
    public string RawQuery { get; internal init; } = "";

    /// <summary>The parameters of the query (64 at most).</summary>
    public EmulatorParameters Query { get; internal init; } = EmulatorParameters.None;

    /// <summary>The parameters of a form body (64 at most); empty for a body of another content type.</summary>
    public EmulatorParameters Form { get; internal init; } = EmulatorParameters.None;

    /// <summary>The body as it came (its first 8 Ki characters).</summary>
    public string Body
    {
        get;
        internal init => field = Cut(value);
    } = "";

    /// <summary>The <c>Content-Type</c> header.</summary>
    public string? ContentType { get; internal init; }

    /// <summary>The <c>Authorization</c> header. Cookies are never kept: browsers send them to every port of a host, so they are some other site's.</summary>
    public string? Authorization { get; internal init; }

    /// <summary>The <c>Accept</c> header.</summary>
    public string? Accept { get; internal init; }

    /// <summary>The <c>User-Agent</c> header.</summary>
    public string? UserAgent { get; internal init; }

    /// <summary>The <c>grant_type</c> of a token request, from the body or the query.</summary>
    public string? GrantType => Form["grant_type"] ?? Query["grant_type"];

    /// <summary>The status of the answer that was decided; 0 when the caller went away while <see cref="EmulatorFaults.Hold"/> held it, so that nothing was decided.</summary>
    public int Status { get; internal init; }

    /// <summary>The body of the answer that was decided (its first 8 Ki characters). When <see cref="Fault"/> is set, the caller may have seen less of it, or nothing.</summary>
    public string ResponseBody
    {
        get;
        internal init => field = Cut(value);
    } = "";

    /// <summary>The fault that was applied to it, such as <c>HalfBody</c>; <see langword="null"/> for a request that was answered normally.</summary>
    public string? Fault { get; internal init; }

    private static string Cut(string text) => text.Length <= MaxBody ? text : text[..MaxBody];
}
