using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// How many code exchanges may be in progress, and how many outcomes are kept: those with tokens and those that failed are limited separately.
/// </summary>
public sealed class ExchangeCapacityTests
{
    private const int Capacity = 10_000;

    [Theory(Timeout = 120_000)]
    [InlineData("invented", 1)]
    [InlineData("genuine", 2)]
    public async Task Outcomes_with_tokens_are_evicted_by_others_with_tokens_and_not_by_invented_codes(string others, int expected)
    {
        var binance = new Binance();
        using var unused = new BinanceStub();
        await using var site = await StartAsync(unused, binance);
        var (cookie, state) = await ChallengeAsync(site);

        await DeliverAsync(site, cookie, state, "genuine-first");
        for (var i = 0; i < Capacity; i++)
        {
            await DeliverAsync(site, cookie, state, $"{others}-{i}");
        }

        await DeliverAsync(site, cookie, state, "genuine-first");

        Assert.Equal(expected, binance.Sent["genuine-first"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Evicted_tokens_that_no_delivery_collected_are_revoked()
    {
        var binance = new Binance();
        using var unused = new BinanceStub();
        await using var site = await StartAsync(unused, binance, options => options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault"));
        var (cookie, state) = await ChallengeAsync(site);
        for (var i = 0; i < Capacity; i++)
        {
            await DeliverAsync(site, cookie, state, $"genuine-{i}");
        }

        Assert.Equal(0, binance.Revocations.Count);
        var revoked = binance.Revocations.Next(1);
        await DeliverAsync(site, cookie, state, "genuine-last");

        await revoked;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_delivery_besides_ten_thousand_in_progress_is_unavailable_at_once()
    {
        using var unused = new BinanceStub();
        await using var site = await StartAsync(unused, new HoldingBackchannel(BinanceStub.TokenPath));
        var (cookie, state) = await ChallengeAsync(site);

        var deliveries = Enumerable.Range(0, Capacity + 1).Select(i => DeliverAsync(site, cookie, state, $"invented-{i}")).ToArray();
        var refused = await await Task.WhenAny(deliveries).WaitAsync(TestTimeout.Token);

        Assert.StartsWith("/failed?failure=unavailable", refused.Response.Headers.Location.ToString(), StringComparison.Ordinal);
    }

    private static Task<TestSite> StartAsync(BinanceStub unused, HttpMessageHandler binance, Action<BinanceAuthenticationOptions>? configure = null)
        => TestSite.StartAsync(unused, setup =>
        {
            setup.Binance = options =>
            {
                options.BackchannelHttpHandler = binance;
                configure?.Invoke(options);
            };
            setup.Authentication = authentication => authentication.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        });

    private static async Task<(string Cookie, string State)> ChallengeAsync(TestSite site)
    {
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        return (browser.CookieHeader("/signin-binance"), request.State);
    }

    // The browser does not receive the response, and so keeps the correlation cookie.
    private static Task<HttpContext> DeliverAsync(TestSite site, string cookie, string state, string code)
        => site.Server.SendAsync(context =>
        {
            context.Request.Scheme = "https";
            context.Request.Path = "/signin-binance";
            context.Request.QueryString = new(QueryHelpers.AddQueryString(string.Empty, new Dictionary<string, string?> { ["state"] = state, ["code"] = code }));
            context.Request.Headers.Cookie = cookie;
        }, TestContext.Current.CancellationToken);

    private sealed class Binance : HttpMessageHandler
    {
        public ConcurrentDictionary<string, int> Sent { get; } = [];

        public CallCounter Revocations { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is null)
            {
                return new(HttpStatusCode.OK) { Content = new StringContent(Responses.User) };
            }

            if (request.RequestUri!.AbsolutePath is BinanceStub.RevocationPath)
            {
                Revocations.Add();
                return new(HttpStatusCode.OK) { Content = new StringContent(Responses.Revoked) };
            }

            var code = QueryHelpers.ParseQuery(await request.Content.ReadAsStringAsync(cancellationToken))["code"].Single()!;
            Sent.AddOrUpdate(code, 1, static (_, count) => count + 1);
            return code.StartsWith("genuine", StringComparison.Ordinal)
                ? new(HttpStatusCode.OK) { Content = new StringContent(Responses.Tokens) }
                : new(HttpStatusCode.BadRequest) { Content = new StringContent("""{"error":"invalid_grant"}""") };
        }
    }
}
