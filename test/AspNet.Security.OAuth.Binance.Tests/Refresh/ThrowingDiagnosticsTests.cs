using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Refresh.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A logging provider or a meter listener that throws when the handler records something does not change the outcome of a request.
/// </summary>
public sealed class ThrowingDiagnosticsTests
{
    public static TheoryData<Throwing> All => [.. Enum.GetValues<Throwing>()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Failed_refresh_keeps_the_session_and_is_retried(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failed = await browser.GetAsync("/session");
        Assert.Equal((HttpStatusCode.OK, true), (failed.Status, failed.Session.SignedIn));
        Assert.Null(failed.SessionCookie);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        var response = await browser.GetAsync("/session");
        Assert.True(site.Emulator.Tokens.IsLive(response.Session.AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Refused_refresh_ends_the_session_and_the_next_sign_in_works(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Tokens.RevokeAll();

        var refused = await browser.GetAsync("/session");
        Assert.Equal((HttpStatusCode.OK, false, true), (refused.Status, refused.Session.SignedIn, refused.DeletesSessionCookie));
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await browser.SignInAsync();
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Successful_refreshes_write_their_tokens(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = await site.WithExpiredTokenAsync();

        Assert.NotNull((await browser.GetAsync("/session")).SessionCookie);
        site.Clock.Pass(TestSite.TokenLifetime);
        await browser.GetAsync("/session");

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Sign_out_works_when_the_revocation_fails(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        var copy = browser.Copy();
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503));

        var response = await browser.GetAsync("/sign-out");
        Assert.Equal((HttpStatusCode.OK, true), (response.Status, response.DeletesSessionCookie));
        Assert.False((await copy.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await other.GetAsync("/sign-out");
        Assert.Equal(2, site.Revocations.Count);
        Assert.Single(site.Emulator.Tokens.AccessTokens);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Failed_sign_in_redirects_to_the_failure_page_and_the_next_one_works(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var browser = site.Browser();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failed = await browser.GetAsync(await browser.ConsentAsync());
        Assert.Equal(HttpStatusCode.Redirect, failed.Status);
        Assert.StartsWith("/failed", failed.Location!.OriginalString, StringComparison.Ordinal);
        Assert.False(browser.HasSessionCookie);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        thrower.AssertThrew();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Callback_without_a_state_redirects_to_the_failure_page(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);

        var failed = await site.Browser().GetAsync("/signin-binance?code=some-code");

        Assert.Equal(HttpStatusCode.Redirect, failed.Status);
        Assert.StartsWith("/failed", failed.Location!.OriginalString, StringComparison.Ordinal);
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Token_service_throws_its_documented_exception_and_works_afterwards(Throwing what)
    {
        await using var site = await StartAsync(what);
        using var thrower = Thrower.Start(site, what);
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));
        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        site.Clock.Pass(TimeSpan.FromSeconds(30));

        var refreshed = await site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);
        Assert.True(site.Emulator.Tokens.IsLive(refreshed.AccessToken));
        await site.Client.RevokeTokenAsync(refreshed.AccessToken, cancellationToken: Stop);
        Assert.False(site.Emulator.Tokens.IsLive(refreshed.AccessToken));
        thrower.AssertThrew(unless: Throwing.Warnings);
    }

    private static Task<TestSite> StartAsync(Throwing what) => TestSite.StartAsync(setup => setup.Services = services =>
    {
        // The first one, because IsEnabled of the others is not called when one is enabled.
        var provider = new ThrowingProvider(what);
        services.Insert(0, ServiceDescriptor.Singleton<ILoggerProvider>(provider));
        services.AddSingleton(provider);
    });
}
