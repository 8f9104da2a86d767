using System.Globalization;
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
    public async Task A_redirect_to_another_host_does_not_carry_it()
    {
        _api.Api.Given(Request.Create().WithPath("/things")).RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", _elsewhere.Url + "/caught"));
        await using var site = await _api.StartAsync();
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/call");

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, _api.Sent.Single());
        Assert.Null(_elsewhere.Sent.Single());
    }
}
