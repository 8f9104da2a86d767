using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The addresses to which the HTTP client sends the access token.
/// </summary>
public sealed class HttpClientAddressTests
{
    private static readonly Uri _api = new("https://api.example.com/v1/");

    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData("https://other.example.com/v1/")]
    [InlineData("https://api.example.com.evil.example/")]
    [InlineData("https://api.example.com:444/v1/")]
    [InlineData("http://api.example.com/v1/")]
    [InlineData("http://api.example.com:443/v1/")]
    [InlineData("//other.example.com/")]
    [InlineData("https://api.example.com@other.example.com/")]
    [InlineData("\\\\other.example.com\\")]
    public async Task Another_server_is_refused_before_anything_is_sent(string address)
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => api.GetAsync(address, Stop));

        Assert.Contains("https://api.example.com", exception.Message, StringComparison.Ordinal);
        Assert.Empty(network.Requests);
    }

    [Theory]
    [InlineData("https://API.example.com/v2/", "https://api.example.com/v2/")]
    [InlineData("https://api.example.com:443/v2/", "https://api.example.com/v2/")]
    [InlineData("../v2/", "https://api.example.com/v2/")]
    public async Task Other_spelling_of_the_server_is_accepted(string address, string sent)
    {
        await using var app = await NativeApp.SignedInAsync();
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(_api, network);

        await api.GetAsync(address, Stop);

        Assert.Equal(sent, Assert.Single(network.Requests).Uri);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_to_another_server_is_not_followed(int status)
    {
        await using var app = await NativeApp.SignedInAsync();
        await using var elsewhere = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await using var server = new RawServer($"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.Url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var api = app.Login.CreateHttpClient(new(server.Url));

        using var response = await api.GetAsync("orders", Stop);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"Authorization: Bearer {await app.Login.GetAccessTokenAsync(Stop)}", await server.FirstRequest, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Requests);
    }

    [Theory]
    [InlineData("http://api.example.com/")]
    [InlineData("https://user:password@api.example.com/")]
    [InlineData("https://user@api.example.com/")]
    [InlineData("/v1/")]
    [InlineData("ftp://api.example.com/")]
    [InlineData("file:///etc/")]
    public async Task Address_that_must_not_get_a_token_is_refused(string address)
    {
        await using var app = await NativeApp.StartAsync();

        var exception = Assert.Throws<ArgumentException>("baseAddress", () => app.Login.CreateHttpClient(new(address, UriKind.RelativeOrAbsolute)));

        Assert.DoesNotContain("password", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("baseAddress", () => app.Login.CreateHttpClient(null!));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/", true)]
    [InlineData("http://localhost/", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("http://api.example.com/", false)]
    public async Task Plain_http_is_accepted_on_loopback_and_when_https_is_not_required(string address, bool requireHttps)
    {
        await using var app = await NativeApp.SignedInAsync(options => options.RequireHttpsEndpoints = requireHttps);
        using var network = new RecordingHandler();
        using var api = app.Login.CreateHttpClient(new(address), network);

        await api.GetAsync("", Stop);

        Assert.NotNull(Assert.Single(network.Requests).Authorization);
    }
}
