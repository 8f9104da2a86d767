using System.Text.Encodings.Web;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Every call of a sign-in ends, also with a derived handler or an HTTP handler of the application; and its outcome is for one browser.
/// </summary>
public sealed class ExchangeBoundsTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_user_request_with_tokens_of_a_derived_handler_ends_after_a_minute()
    {
        var binance = new HoldingBackchannel("/user-info") { IgnoresCancellation = false };
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.BackchannelHttpHandler = binance;
            setup.Services = services => services.AddTransient<BinanceAuthenticationHandler, OwnTokens>();
        });
        var browser = site.Browser();
        var held = binance.Held.Next(1);
        var delivery = browser.DeliverCallbackAsync(await browser.ConsentAsync());
        await held;
        await site.PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal("timeout", (await delivery).Failure());

        await site.PassAsync(TimeSpan.FromSeconds(60));

        Assert.True(binance.IsCancelled);
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_requests_that_the_applications_http_handler_does_not_end_count_for_a_minute()
    {
        var binance = new HoldingBackchannel("/oauth/token");
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = binance);
        var held = binance.Held.Next(HeldTokenRequests.Limit);
        for (var i = 0; i < HeldTokenRequests.Limit; i++)
        {
            var each = site.Browser();
            await site.ArriveAsync(each, await each.ConsentAsync());
        }

        await held;
        await site.PassAsync(TimeSpan.FromSeconds(48));
        var further = site.Browser();
        var refused = await site.ArriveAsync(further, await further.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("unavailable", (await refused).Failure());

        await site.PassAsync(TimeSpan.FromSeconds(3));
        binance.IsOpen = true;
        var browser = site.Browser();
        var delivery = await site.ArriveAsync(browser, await browser.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(15));
        browser.Receive(await delivery);

        await site.AssertLiveAsync(browser);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_the_application_s_http_handler_fails_at_once_delays_no_other(bool isCancelled)
    {
        var binance = new ThrowingBackchannel(isCancelled ? new OperationCanceledException() : new TimeoutException());
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = binance);
        for (var i = 0; i <= HeldTokenRequests.Limit; i++)
        {
            var each = site.Browser();
            Assert.Equal("timeout", (await each.DeliverCallbackAsync(await each.ConsentAsync())).Failure());
        }

        binance.IsAvailable = true;
        var browser = await site.SignedInAsync();

        await site.AssertLiveAsync(browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_browser_without_the_correlation_cookie_is_not_signed_in_by_an_exchange_where_a_derived_handler_accepts_it()
    {
        await using var site = await TestSite.StartAsync(
            setup => setup.Services = services => services.AddTransient<BinanceAuthenticationHandler, Uncorrelated>());
        var (browser, callback) = await site.ConsentedAsync();
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        var response = await site.Browser().DeliverCallbackAsync(callback);

        Assert.Null(response.SessionCookie);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(30)]
    public async Task Tokens_that_a_later_sign_in_received_too_are_kept_when_the_earlier_one_was_aborted(int secondsLater)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            stop.Configure(setup);
            setup.Binance += options => options.BackchannelHttpHandler = new SameTokens();
        });
        var browser = site.Browser();
        await stop.AbortAsync(site, browser, await browser.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(secondsLater));
        await browser.SignInAsync();

        await site.PassAsync(TimeSpan.FromMinutes(2));

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_two_sign_ins_received_are_revoked_when_neither_signed_the_user_in()
    {
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options =>
        {
            options.BackchannelHttpHandler = new SameTokens();
            options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault");
        });
        for (var i = 0; i < 2; i++)
        {
            var browser = site.Browser();
            Assert.Equal("unknown", (await browser.DeliverCallbackAsync(await browser.ConsentAsync())).Failure());
        }

        await site.PassUntilRevokedAsync();
    }

    /// <summary>Gives every code of the user the tokens of the first.</summary>
    private sealed class SameTokens() : DelegatingHandler(new SocketsHttpHandler())
    {
        private string? _tokens;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/oauth/token", StringComparison.Ordinal))
            {
                _tokens ??= await response.Content.ReadAsStringAsync(cancellationToken);
                response.Content = new StringContent(_tokens);
            }

            return response;
        }
    }

    /// <summary>Throws synchronously instead of sending, until <see cref="IsAvailable"/> is set.</summary>
    private sealed class ThrowingBackchannel(Exception exception) : DelegatingHandler(new SocketsHttpHandler())
    {
        public bool IsAvailable { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => IsAvailable ? base.SendAsync(request, cancellationToken) : throw exception;
    }

    private sealed class OwnTokens(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
            => Task.FromResult(OAuthTokenResponse.Success(JsonDocument.Parse("""{"access_token":"own token"}""")));
    }

    private sealed class Uncorrelated(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        protected override bool ValidateCorrelationId(AuthenticationProperties properties) => true;
    }
}
