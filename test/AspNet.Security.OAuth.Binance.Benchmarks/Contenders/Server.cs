namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// The server that a contender calls.
/// </summary>
/// <param name="Address">The base address.</param>
/// <param name="Backchannel">The handler of the calls, or <see langword="null"/> for the network.</param>
internal sealed record Server(Uri Address, HttpMessageHandler? Backchannel = null)
{
    public string AuthorizationEndpoint => new Uri(Address, "/en/oauth/authorize").AbsoluteUri;

    public string TokenEndpoint => new Uri(Address, "/oauth/token").AbsoluteUri;

    public string UserInformationEndpoint => new Uri(Address, "/oauth-api/v1/user-info").AbsoluteUri;

    /// <summary>Binance's own address, with responses from memory.</summary>
    public static Server InMemory(HttpMessageHandler backchannel) => new(new Uri("https://accounts.binance.com"), backchannel);
}
