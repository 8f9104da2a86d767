using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// How many outcomes of code exchanges are kept: those with tokens and those that failed are limited separately.
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
        await using var site = await TestSite.StartAsync(unused, setup =>
        {
            setup.Binance = options => options.BackchannelHttpHandler = binance;
            setup.Authentication = authentication => authentication.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        });
        var browser = site.Browser();
        var state = (await browser.ChallengeAsync()).State;
        var cookie = browser.CookieHeader("/signin-binance");

        await DeliverAsync(site, cookie, state, "genuine-first");
        for (var i = 0; i < Capacity; i++)
        {
            await DeliverAsync(site, cookie, state, $"{others}-{i}");
        }

        await DeliverAsync(site, cookie, state, "genuine-first");

        Assert.Equal(expected, binance.Sent["genuine-first"]);
    }

    // The browser does not receive the response, and so keeps the correlation cookie.
    private static async Task DeliverAsync(TestSite site, string cookie, string state, string code)
        => await site.Server.SendAsync(context =>
        {
            context.Request.Scheme = "https";
            context.Request.Path = "/signin-binance";
            context.Request.QueryString = new(QueryHelpers.AddQueryString(string.Empty, new Dictionary<string, string?> { ["state"] = state, ["code"] = code }));
            context.Request.Headers.Cookie = cookie;
        }, TestContext.Current.CancellationToken);

    private sealed class Binance : HttpMessageHandler
    {
        public ConcurrentDictionary<string, int> Sent { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is null)
            {
                return new(HttpStatusCode.OK) { Content = new StringContent(Responses.User) };
            }

            var code = QueryHelpers.ParseQuery(await request.Content.ReadAsStringAsync(cancellationToken))["code"].Single()!;
            Sent.AddOrUpdate(code, 1, static (_, count) => count + 1);
            return code.StartsWith("genuine", StringComparison.Ordinal)
                ? new(HttpStatusCode.OK) { Content = new StringContent(Responses.Tokens) }
                : new(HttpStatusCode.BadRequest) { Content = new StringContent("""{"error":"invalid_grant"}""") };
        }
    }
}
