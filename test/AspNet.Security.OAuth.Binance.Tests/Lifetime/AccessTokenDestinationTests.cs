using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// <c>AddBinanceAccessToken</c>: the token goes to the server that the client was given, and nowhere else.
/// </summary>
public sealed class AccessTokenDestinationTests : IDisposable
{
    private readonly CallingSite _api = new();
    private readonly CallingSite _elsewhere = new();

    public void Dispose()
    {
        _api.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task A_synchronous_call_is_refused_because_it_would_go_anywhere_without_a_token()
    {
        await using var site = await _api.StartAsync(setup => setup.Pages["/synchronous"] = async context =>
        {
            using var client = CallingSite.Client(context);
            using var request = new HttpRequestMessage(HttpMethod.Get, "things");
            var refused = Assert.Throws<NotSupportedException>(() => client.Send(request, context.RequestAborted));
            await context.Response.WriteAsync(refused.Message, context.RequestAborted);
        });

        var answer = await (await site.SignedInAsync()).GetAsync("/synchronous");

        Assert.Contains("asynchronously", answer.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Without_a_base_address_nothing_is_sent()
    {
        await using var site = await _api.StartAsync(setup => setup.Services = services => services.AddHttpClient("api").AddBinanceAccessToken());

        var answer = await (await site.SignedInAsync()).GetAsync("/call?url=" + Uri.EscapeDataString(_api.Url + "/things"));

        Assert.Contains("BaseAddress", answer.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task To_another_host_nothing_is_sent()
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
            var answer = await browser.GetAsync("/call?url=" + Uri.EscapeDataString(other));
            Assert.Contains($"to {_api.Url} only", answer.Body, StringComparison.Ordinal);
        }

        Assert.Empty(_api.Sent);
        Assert.Empty(_elsewhere.Sent);
    }

    [Fact]
    public async Task User_information_is_in_no_message()
    {
        var api = new Uri(_api.Url);
        await using var site = await _api.StartAsync(setup => setup.Services = services
            => services.AddHttpClient("api", client => client.BaseAddress = new Uri($"http://somebody:hush@{api.Authority}")).AddBinanceAccessToken());
        var browser = await site.SignedInAsync();

        foreach (var other in new[] { _elsewhere.Url + "/things", $"http://else:quiet@{new Uri(_elsewhere.Url).Authority}/things" })
        {
            var body = (await browser.GetAsync("/call?url=" + Uri.EscapeDataString(other))).Body;
            Assert.EndsWith($"to {_api.Url} only.", body, StringComparison.Ordinal);
            Assert.All(["somebody", "hush", "quiet"], secret => Assert.DoesNotContain(secret, body, StringComparison.Ordinal));
        }

        Assert.Empty(_elsewhere.Sent);
        Assert.Equal("answered", (await browser.GetAsync("/call")).Body);
        Assert.Equal("answered", (await browser.GetAsync("/call?url=" + Uri.EscapeDataString($"http://else:quiet@{api.Authority}/things"))).Body);
        Assert.All(_api.Sent, sent => Assert.StartsWith("Bearer ", sent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://api.example", "things")]
    [InlineData("http://api.example", "http://api.example/things")]
    [InlineData("http://somebody:hush@api.example", "things")]
    [InlineData("http://somebody:hush@api.example", "http://api.example/things")]
    [InlineData("http://10.0.0.1", "things")]
    [InlineData("http://localhost.example", "things")]
    [InlineData("http://127.0.0.1@api.example", "things")]
    public async Task Over_plain_http_nothing_is_sent(string baseAddress, string url)
    {
        using var network = new Network();
        await using var site = await StartAsync(network, baseAddress);

        var body = (await (await site.SignedInAsync()).GetAsync("/call?url=" + Uri.EscapeDataString(url))).Body;

        Assert.Contains(nameof(BinanceAuthenticationOptions.RequireHttpsEndpoints), body, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", body, StringComparison.Ordinal);
        Assert.Empty(network.Sent);
    }

    [Theory]
    [InlineData("https://api.example", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://api.example", false)]
    public async Task Over_https_on_loopback_and_where_it_is_allowed_it_is_sent(string baseAddress, bool requireHttps)
    {
        using var network = new Network();
        await using var site = await StartAsync(network, baseAddress, options => options.RequireHttpsEndpoints = requireHttps);
        var browser = await site.SignedInAsync();

        Assert.Equal("answered", (await browser.GetAsync("/call")).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, Assert.Single(network.Sent));
    }

    // The scheme that the client is for decides, and no other.
    [Fact]
    public async Task Another_scheme_s_setting_allows_nothing()
    {
        using var network = new Network();
        await using var site = await StartAsync(network, "http://api.example", also: (builder, binance) => builder.AddBinance("Second", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath, options.RequireHttpsEndpoints) = ("second", "hush", "/signin-second", false);
            options.UseServer(binance);
        }));

        Assert.Contains("https", (await (await site.SignedInAsync()).GetAsync("/call")).Body, StringComparison.Ordinal);

        Assert.Empty(network.Sent);
    }

    [Fact]
    public async Task A_redirect_to_another_host_does_not_carry_it()
    {
        _api.Api.Given(Request.Create().WithPath("/things")).RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", _elsewhere.Url + "/caught"));
        await using var site = await _api.StartAsync();
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/call");

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, _api.Sent.Single());
        Assert.Null(_elsewhere.Sent.Single());
    }

    private Task<LifetimeSite> StartAsync(
        Network network, string baseAddress, Action<BinanceAuthenticationOptions>? configure = null, Action<AuthenticationBuilder, Uri>? also = null)
        => _api.StartAsync(setup =>
        {
            setup.Services = services => services.AddHttpClient("api", client => client.BaseAddress = new Uri(baseAddress))
                .AddBinanceAccessToken().ConfigurePrimaryHttpMessageHandler(() => network);
            setup.Binance = configure ?? setup.Binance;
            setup.Authentication = also ?? setup.Authentication;
        });

    // What leaves the client, whatever the address.
    private sealed class Network : HttpMessageHandler
    {
        public ConcurrentQueue<string?> Sent { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Enqueue(request.Headers.Authorization?.ToString());
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("answered") });
        }
    }
}
