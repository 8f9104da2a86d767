namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Where Binance is for a contender.
/// </summary>
/// <param name="Address">Its base address.</param>
/// <param name="Backchannel">What answers calls instead of a network, if anything.</param>
internal sealed record Server(Uri Address, HttpMessageHandler? Backchannel = null)
{
    public string AuthorizationEndpoint => new Uri(Address, "/en/oauth/authorize").AbsoluteUri;

    public string TokenEndpoint => new Uri(Address, "/oauth/token").AbsoluteUri;

    public string UserInformationEndpoint => new Uri(Address, "/oauth-api/v1/user-info").AbsoluteUri;

    /// <summary>Binance's own address, and answers from memory.</summary>
    public static Server InMemory(HttpMessageHandler backchannel) => new(new Uri("https://accounts.binance.com"), backchannel);
}
