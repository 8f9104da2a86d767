namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A request to the emulator and its response. It is in the journal as soon as the response is decided, before any of it is sent.</summary>
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

    /// <summary>Gets when the request arrived, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Gets the endpoint that it was for.</summary>
    public EmulatorEndpoint Endpoint { get; internal init; }

    /// <summary>Gets the HTTP method.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>Gets the path, with the application's path base and prefix.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>Gets the query as it was sent, with its question mark; empty when there was none. The control key is not in it, nor is the parameter <c>key</c> of a page, nor what follows the first 64 parameters.</summary>
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

    /// <summary>Gets the <c>Authorization</c> header. Cookies are never kept: browsers send them to every port of a host, so that they are another site's.</summary>
    public string? Authorization { get; internal init; }

    /// <summary>Gets the <c>Accept</c> header.</summary>
    public string? Accept { get; internal init; }

    /// <summary>Gets the <c>User-Agent</c> header.</summary>
    public string? UserAgent { get; internal init; }

    /// <summary>Gets the <c>grant_type</c> of a token request, from the body or the query.</summary>
    public string? GrantType => Form["grant_type"] ?? Query["grant_type"];

    /// <summary>Gets the status of the response; 0 when the request was aborted while <see cref="EmulatorFaults.Hold"/> held it, so that there is no response.</summary>
    public int Status { get; internal init; }

    /// <summary>Gets the body of the response (its first 8 Ki characters); empty for HEAD. When <see cref="Fault"/> is set, the caller may have received less of it, or nothing.</summary>
    public string ResponseBody
    {
        get;
        internal init => field = Cut(value);
    } = "";

    /// <summary>Gets where the response redirected to, with the code or the error; <see langword="null"/> when it did not.</summary>
    public string? Location { get; internal init; }

    /// <summary>Gets why the emulator refused the request; <see langword="null"/> when it did not, and when a fault decided the response.</summary>
    public EmulatorRefusal? Refusal { get; internal init; }

    /// <summary>
    /// Gets the id of the grant that it belongs to: all requests of a sign-in, from the authorize request on, and of its tokens have the same
    /// one, as <see cref="EmulatorTokenPair.GrantId"/>. <see langword="null"/> when the request says nothing that the emulator knows.
    /// </summary>
    public string? GrantId { get; internal init; }

    /// <summary>Gets the fault that was applied to it, such as <c>HalfBody</c>; <see langword="null"/> when there was none.</summary>
    public string? Fault { get; internal init; }

    private static string Cut(string text) => text.Length <= MaxBody ? text : text[..MaxBody];
}
