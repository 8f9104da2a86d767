using System.Globalization;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// <c>AddBinanceAccessToken</c>: each call carries the current token of the signed-in user, and a call without one is not sent.
/// </summary>
public sealed class AccessTokenHandlerTests : IDisposable
{
    private readonly CalledApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Token_of_the_signed_in_user_is_sent()
    {
        await using var site = await _api.StartAsync();
        var browser = await site.SignedInAsync();

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, _api.Sent.Single());
    }

    [Fact]
    public async Task Token_that_the_request_has_refreshed_is_sent()
    {
        await using var site = await _api.StartAsync();
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/call");

        var sent = _api.Sent.Single()!["Bearer ".Length..];
        Assert.True(site.Emulator.Tokens.IsLive(sent));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Token_replaces_an_Authorization_header_of_the_application()
    {
        await using var site = await _api.StartAsync(setup => setup.Pages["/call"] = async context =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "things") { Headers = { { "Authorization", "Bearer something-old" } } };
            using var response = await CalledApi.Client(context).SendAsync(request, context.RequestAborted);
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/call");

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, _api.Sent.Single());
    }

    [Fact]
    public async Task Call_without_a_signed_in_user_is_not_sent()
    {
        await using var site = await _api.StartAsync();

        var response = await site.Browser().GetAsync("/call");

        Assert.Contains("nobody is signed in", response.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Call_without_saved_tokens_is_not_sent()
    {
        await using var site = await _api.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));

        var response = await (await site.SignedInAsync()).GetAsync("/call");

        Assert.Contains(nameof(BinanceAuthenticationOptions.SaveTokens), response.Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Call_for_a_user_of_another_provider_is_not_sent()
    {
        await using var site = await _api.StartAsync();
        var browser = site.Browser();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = "Elsewhere" } };
        ticket.StoreTokens([new() { Name = "access_token", Value = "token-of-another-provider" }]);
        await browser.AdoptAsync(ticket);

        Assert.Contains("nobody is signed in", (await browser.GetAsync("/call")).Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Call_outside_of_a_request_is_not_sent()
    {
        await using var site = await _api.StartAsync();
        using var client = site.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("things", TestContext.Current.CancellationToken));

        Assert.Contains("there is no request", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact]
    public async Task Concurrent_requests_of_different_users_send_their_own_tokens()
    {
        await using var site = await _api.StartAsync();
        var browsers = new List<(SiteBrowser Browser, string AccessToken)>();
        for (var user = 0; user < 8; user++)
        {
            var browser = await site.SignedInAsync();
            browsers.Add((browser, (await browser.SessionAsync()).AccessToken!));
        }

        await Parallel.ForAsync(0, 160, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (call, _) =>
        {
            var path = "/of/" + (call % browsers.Count).ToString(CultureInfo.InvariantCulture);
            await browsers[call % browsers.Count].Browser.SendAsync("/call?url=" + Uri.EscapeDataString(_api.Url + path));
        });

        Assert.Equal(160, _api.Api.LogEntries.Count);
        Assert.All(_api.Api.LogEntries, entry =>
        {
            var user = int.Parse(entry.RequestMessage!.Path["/of/".Length..], CultureInfo.InvariantCulture);
            Assert.Equal("Bearer " + browsers[user].AccessToken, entry.RequestMessage.Headers!["Authorization"].Single());
        });
    }

    [Fact]
    public void Missing_argument_is_refused()
    {
        var builder = new ServiceCollection().AddHttpClient("api");

        Assert.Throws<ArgumentNullException>(() => BinanceHttpClientBuilderExtensions.AddBinanceAccessToken(null!));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddBinanceAccessToken(""));
    }
}
