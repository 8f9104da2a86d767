namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A request to the emulator and its response. It is in the journal before the response is sent.</summary>
public sealed class EmulatorRequest
{
    private static long _count;

    // In characters.
    private const int MaxBody = 8 * 1024;

    internal EmulatorRequest()
    {
    }

    /// <summary>Gets the number of the newest request of this process.</summary>
    internal static long LastNumber => Interlocked.Read(ref _count);

    /// <summary>Gets a number that no other request of this process has.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _count);

    /// <summary>Gets the time of arrival, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Gets the endpoint.</summary>
    public EmulatorEndpoint Endpoint { get; internal init; }

    /// <summary>Gets the HTTP method.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>Gets the path, with the application's path base and prefix.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>Gets the query as it was sent, with its question mark; empty when there was none. It does not contain the control key, the parameter <c>key</c> of a page, and more than 64 parameters.</summary>
    public string RawQuery { get; internal init; } = "";

    /// <summary>Gets the parameters of the query (64 at most).</summary>
    public EmulatorParameters Query { get; internal init; } = EmulatorParameters.None;

    /// <summary>Gets the parameters of a form body (64 at most); empty for a body of another content type.</summary>
    public EmulatorParameters Form { get; internal init; } = EmulatorParameters.None;

    /// <summary>Gets the body as it was sent (its first 8 Ki characters).</summary>
    public string Body
    {
        get;
        internal init => field = Cut(value);
    } = "";

    /// <summary>Gets the <c>Content-Type</c> header.</summary>
    public string? ContentType { get; internal init; }

    /// <summary>Gets the <c>Authorization</c> header. Cookies are not recorded: browsers send those of every site on the same host, whatever its port.</summary>
    public string? Authorization { get; internal init; }

    /// <summary>Gets the <c>Accept</c> header.</summary>
    public string? Accept { get; internal init; }

    /// <summary>Gets the <c>User-Agent</c> header.</summary>
    public string? UserAgent { get; internal init; }

    /// <summary>Gets the <c>grant_type</c> of a token request, from the body or the query.</summary>
    public string? GrantType => Form["grant_type"] ?? Query["grant_type"];

    /// <summary>Gets a value indicating whether the token endpoint supports <see cref="GrantType"/>. A client may send anything in its place.</summary>
    internal bool HasKnownGrantType { get; init; }

    /// <summary>Gets the status of the response; 0 for a request that was aborted during an <see cref="EmulatorFaults.Hold"/>, and has no response.</summary>
    public int Status { get; internal init; }

    /// <summary>Gets the body of the response (its first 8 Ki characters); empty for HEAD. When <see cref="Fault"/> is set, the caller may have received a part of it, or nothing.</summary>
    public string ResponseBody
    {
        get;
        internal init => field = Cut(value);
    } = "";

    /// <summary>Gets the address that the response redirects to, with the code or the error; otherwise <see langword="null"/>.</summary>
    public string? Location { get; internal init; }

    /// <summary>Gets the reason for the refusal; <see langword="null"/> when the request was not refused, and when a fault replaced the response.</summary>
    public EmulatorRefusal? Refusal { get; internal init; }

    /// <summary>
    /// Gets the id of the grant (<see cref="EmulatorTokenPair.GrantId"/>). All requests of a sign-in, from the authorize request on, and all requests
    /// with its tokens have the same id. <see langword="null"/> for a request without a known code or token.
    /// </summary>
    public string? GrantId { get; internal init; }

    /// <summary>Gets the fault that was applied to it, such as <c>HalfBody</c>; otherwise <see langword="null"/>.</summary>
    public string? Fault { get; internal init; }

    private static string Cut(string text) => text.Length <= MaxBody ? text : text[..MaxBody];
}
