using System.Collections.Concurrent;
using System.Globalization;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// <c>AddBinanceAccessToken</c>: the token is sent to the client's server only.
/// </summary>
public sealed class AccessTokenDestinationTests : IDisposable
{
    private readonly CalledApi _api = new();
    private readonly CalledApi _elsewhere = new();

    public void Dispose()
    {
        _api.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task Synchronous_call_is_refused()
    {
        await using var site = await _api.StartAsync(setup => setup.Pages["/synchronous"] = async context =>
        {
            using var client = CalledApi.Client(context);
            using var request = new HttpRequestMessage(HttpMethod.Get, "things");
            var refused = Assert.Throws<NotSupportedException>(() => client.Send(request, context.RequestAborted));
            await context.Response.WriteAsync(refused.Message, context.RequestAborted);
        });

        var response = await (await site.SignedInAsync()).GetAsync("/synchronous");

        Assert.Contains("asynchronously", response.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Call_without_a_BaseAddress_is_not_sent()
    {
        await using var site = await _api.StartAsync(setup => setup.Services = services => services.AddHttpClient("api").AddBinanceAccessToken());

        var response = await (await site.SignedInAsync()).GetAsync("/call?url=" + Uri.EscapeDataString(_api.Url + "/things"));

        Assert.Contains("BaseAddress", response.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Call_to_another_host_is_not_sent()
    {
        await using var site = await _api.StartAsync();
        var browser = await site.SignedInAsync();
        var api = new Uri(_api.Url);
        var port = api.Port.ToString(CultureInfo.InvariantCulture);
        string[] others =
        [
            _elsewhere.Url + "/things",
            $"https://{api.Host}:{port}/things",
            $"http://{api.Host}.example:{port}/things",
            $"http://{api.Host}:{port}@{new Uri(_elsewhere.Url).Authority}/things",
        ];

        foreach (var other in others)
        {
            var response = await browser.GetAsync("/call?url=" + Uri.EscapeDataString(other));
            Assert.Contains($"to {_api.Url} only", response.Body, StringComparison.Ordinal);
        }

        Assert.Empty(_api.Sent);
        Assert.Empty(_elsewhere.Sent);
    }

    [Fact]
    public async Task Messages_do_not_contain_the_user_information_of_a_url()
    {
        var api = new Uri(_api.Url);
        await using var site = await _api.StartAsync(setup => setup.Services = services
            => services.AddHttpClient("api", client => client.BaseAddress = new Uri($"http://user:password@{api.Authority}")).AddBinanceAccessToken());
        var browser = await site.SignedInAsync();

        foreach (var other in new[] { _elsewhere.Url + "/things", $"http://other:passphrase@{new Uri(_elsewhere.Url).Authority}/things" })
        {
            var body = (await browser.GetAsync("/call?url=" + Uri.EscapeDataString(other))).Body;
            Assert.EndsWith($"to {_api.Url} only. Call other servers with another client.", body, StringComparison.Ordinal);
            Assert.All(["user:", "password", "passphrase"], secret => Assert.DoesNotContain(secret, body, StringComparison.Ordinal));
        }

        Assert.Empty(_elsewhere.Sent);
        Assert.Equal("called", (await browser.GetAsync("/call")).Body);
        Assert.Equal("called", (await browser.GetAsync("/call?url=" + Uri.EscapeDataString($"http://other:passphrase@{api.Authority}/things"))).Body);
        Assert.All(_api.Sent, sent => Assert.StartsWith("Bearer ", sent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://api.example", "things")]
    [InlineData("http://api.example", "http://api.example/things")]
    [InlineData("http://user:password@api.example", "things")]
    [InlineData("http://user:password@api.example", "http://api.example/things")]
    [InlineData("http://10.0.0.1", "things")]
    [InlineData("http://localhost.example", "things")]
    [InlineData("http://127.0.0.1@api.example", "things")]
    public async Task Call_over_plain_http_is_not_sent(string baseAddress, string url)
    {
        using var network = new Network();
        await using var site = await StartAsync(network, baseAddress);

        var body = (await (await site.SignedInAsync()).GetAsync("/call?url=" + Uri.EscapeDataString(url))).Body;

        Assert.Contains(nameof(BinanceAuthenticationOptions.RequireHttpsEndpoints), body, StringComparison.Ordinal);
        Assert.DoesNotContain("password", body, StringComparison.Ordinal);
        Assert.Empty(network.Sent);
    }

    [Theory]
    [InlineData("https://api.example", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://api.example", false)]
    public async Task Token_is_sent_over_https_on_loopback_and_where_plain_http_is_allowed(string baseAddress, bool requireHttps)
    {
        using var network = new Network();
        await using var site = await StartAsync(network, baseAddress, options => options.RequireHttpsEndpoints = requireHttps);
        var browser = await site.SignedInAsync();

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, Assert.Single(network.Sent));
    }

    // The option of the client's own scheme applies.
    [Fact]
    public async Task RequireHttpsEndpoints_of_another_scheme_does_not_apply()
    {
        using var network = new Network();
        await using var site = await StartAsync(
            network,
            "http://api.example",
            also: (builder, binance) => builder.AddSecondBinance(binance, configure: options => options.RequireHttpsEndpoints = false));

        Assert.Contains("https", (await (await site.SignedInAsync()).GetAsync("/call")).Body, StringComparison.Ordinal);

        Assert.Empty(network.Sent);
    }

    [Fact]
    public async Task Redirect_to_another_host_does_not_carry_the_token()
    {
        _api.Api.Given(Request.Create().WithPath("/things")).RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", _elsewhere.Url + "/caught"));
        await using var site = await _api.StartAsync();
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/call");

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, _api.Sent.Single());
        Assert.Null(_elsewhere.Sent.Single());
    }

    private Task<TestSite> StartAsync(
        Network network, string baseAddress, Action<BinanceAuthenticationOptions>? configure = null, Action<AuthenticationBuilder, Uri>? also = null)
        => _api.StartAsync(setup =>
        {
            setup.Services = services => services.AddHttpClient("api", client => client.BaseAddress = new Uri(baseAddress))
                .AddBinanceAccessToken().ConfigurePrimaryHttpMessageHandler(() => network);
            setup.Binance = configure ?? setup.Binance;
            setup.Authentication = builder => also?.Invoke(builder, setup.Server);
        });

    // Records the requests that the client sends to any address.
    private sealed class Network : HttpMessageHandler
    {
        public ConcurrentQueue<string?> Sent { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Enqueue(request.Headers.Authorization?.ToString());
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("called") });
        }
    }
}
