using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// An application's own handler, derived from <see cref="BinanceAuthenticationHandler"/>: its overrides run.
/// </summary>
public sealed class DerivedHandlerTests
{
    [Fact]
    public async Task Each_override_runs_once_in_a_sign_in_and_its_result_is_used()
    {
        using var binance = new BinanceStub();
        var calls = new Calls();
        await using var site = await StartAsync(binance, calls);
        var browser = site.Browser();

        var challenge = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(challenge);
        var session = await browser.SessionAsync();

        Assert.Equal(
            ["GenerateCorrelationId", "BuildChallengeUrl", "FormatScope", "ValidateCorrelationId", "ExchangeCodeAsync", "CreateTicketAsync"],
            calls);
        Assert.Equal(("own scope", "yes"), (challenge.Scope, challenge.Query["own"].ToString()));
        Assert.Equal("own token", session.Tokens["access_token"]);
        Assert.Contains(session.Claims, claim => claim is { Type: "own", Value: "yes" });
        Assert.Empty(binance.TokenRequests);
    }

    [Fact]
    public async Task An_override_decides_the_result_of_a_cancelled_sign_in()
    {
        using var binance = new BinanceStub();
        var calls = new Calls();
        await using var site = await StartAsync(binance, calls);
        var browser = site.Browser();

        var challenge = await browser.ChallengeAsync();
        calls.Clear();
        var response = await browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = challenge.State });

        Assert.Equal(["ValidateCorrelationId", "HandleAccessDeniedErrorAsync"], calls);
        Assert.Equal("/own-page", response.Location?.OriginalString);
        Assert.Empty(site.Failures);
    }

    [Fact]
    public async Task An_override_decides_whether_the_browser_started_the_sign_in()
    {
        using var binance = new BinanceStub();
        var calls = new Calls { IsCorrelated = false };
        await using var site = await StartAsync(binance, calls);

        await site.Browser().SignInAsync();

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.DoesNotContain("ExchangeCodeAsync", calls);
    }

    [Fact]
    public async Task An_override_that_removes_the_return_url_redirects_to_the_start_page()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Authentication = authentication => authentication.Services.AddTransient<BinanceAuthenticationHandler, WithoutReturnUrl>());
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        Assert.Equal("/", response.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, Calls calls) => TestSite.StartAsync(binance, setup =>
    {
        setup.ServicesBefore = services => services.AddSingleton(calls);
        setup.Authentication = authentication => authentication.Services.AddTransient<BinanceAuthenticationHandler, OwnHandler>();
    });

    private sealed class Calls : ConcurrentQueue<string>
    {
        public bool IsCorrelated { get; init; } = true;
    }

    private sealed class OwnHandler(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder, Calls calls)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
        {
            calls.Enqueue(nameof(BuildChallengeUrl));
            return base.BuildChallengeUrl(properties, redirectUri) + "&own=yes";
        }

        protected override string FormatScope(IEnumerable<string> scopes)
        {
            calls.Enqueue(nameof(FormatScope));
            return "own scope";
        }

        protected override void GenerateCorrelationId(AuthenticationProperties properties)
        {
            calls.Enqueue(nameof(GenerateCorrelationId));
            base.GenerateCorrelationId(properties);
        }

        protected override bool ValidateCorrelationId(AuthenticationProperties properties)
        {
            calls.Enqueue(nameof(ValidateCorrelationId));
            return base.ValidateCorrelationId(properties) && calls.IsCorrelated;
        }

        protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
        {
            calls.Enqueue(nameof(ExchangeCodeAsync));
            return Task.FromResult(OAuthTokenResponse.Success(System.Text.Json.JsonDocument.Parse("""{"access_token":"own token"}""")));
        }

        protected override async Task<AuthenticationTicket> CreateTicketAsync(
            ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
        {
            calls.Enqueue(nameof(CreateTicketAsync));
            identity.AddClaim(new Claim("own", "yes"));
            return await base.CreateTicketAsync(identity, properties, tokens);
        }

        protected override Task<HandleRequestResult> HandleAccessDeniedErrorAsync(AuthenticationProperties properties)
        {
            calls.Enqueue(nameof(HandleAccessDeniedErrorAsync));
            Response.Redirect("/own-page");
            return Task.FromResult(HandleRequestResult.Handle());
        }
    }

    private sealed class WithoutReturnUrl(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        protected override void GenerateCorrelationId(AuthenticationProperties properties)
        {
            properties.RedirectUri = null;
            base.GenerateCorrelationId(properties);
        }
    }
}
