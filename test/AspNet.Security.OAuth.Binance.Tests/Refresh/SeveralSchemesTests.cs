using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// Two Binance schemes, and another provider: each scheme acts on its own tickets only.
/// </summary>
public sealed class SeveralSchemesTests
{
    [Fact]
    public async Task Two_schemes_on_one_cookie_refresh_and_revoke_with_their_own_client()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder => builder.AddSecondBinance(setup.Server));
        site.AddSecondClient();
        var (first, second) = (await site.SignedInAsync(), site.Browser());
        await second.SignInAsync(scheme: "Second");
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await first.SessionAsync()).SignedIn);
        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
        Assert.True((await second.SessionAsync()).SignedIn);
        Assert.Equal([BinanceEmulatorDefaults.ClientId, "second-client"], RefreshingClients(site));

        await second.GetAsync("/sign-out");
        Assert.Single(site.Revocations);
        Assert.True((await first.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Two_schemes_on_two_cookies_refresh_the_cookie_that_is_authenticated()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder =>
        {
            builder.AddCookie("Other");
            builder.AddSecondBinance(setup.Server, "Other");
        });
        site.AddSecondClient();
        var browser = await site.SignedInAsync();
        await browser.SignInAsync(scheme: "Second");
        site.Clock.Pass(TestSite.TokenLifetime);

        // The default cookie is validated in each request, the second one when a page authenticates it.
        await browser.GetAsync("/page");
        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
        var other = await browser.SessionAsync("Other");
        Assert.True(site.Emulator.Tokens.IsLive(other.AccessToken!));
        Assert.Equal([BinanceEmulatorDefaults.ClientId, "second-client"], RefreshingClients(site));

        // Signing out of one keeps the other.
        await browser.GetAsync("/sign-out?scheme=Other");
        Assert.Equal("Bearer " + other.AccessToken, Assert.Single(site.Revocations).Authorization);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Options_of_a_scheme_apply_to_its_own_tickets()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder =>
        {
            builder.AddSecondBinance(setup.Server);
            builder.Services.Configure<BinanceAuthenticationOptions>("Second", options => options.AutomaticRefresh = false);
        });
        site.AddSecondClient();
        var (first, second) = (await site.SignedInAsync(), site.Browser());
        await second.SignInAsync(scheme: "Second");
        site.Clock.Pass(TestSite.TokenLifetime);

        await first.SessionAsync();
        await second.SessionAsync();

        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
    }

    [Theory]
    [InlineData("Elsewhere")]
    [InlineData("an unknown scheme")]
    [InlineData("Cookies")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Ticket_of_another_provider_is_neither_refreshed_nor_revoked(string? issuer)
    {
        await using var site = await TestSite.StartAsync(setup => setup.Authentication = builder => builder.AddOAuth("Elsewhere", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-elsewhere");
            (options.AuthorizationEndpoint, options.TokenEndpoint) = ("http://localhost/authorize", "http://localhost/token");
        }));
        var binance = await site.SignedInAsync();
        var browser = site.Browser();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = issuer } };
        ticket.StoreTokens([
            new() { Name = "access_token", Value = "another-provider-s-access-token" },
            new() { Name = "refresh_token", Value = "another-provider-s-refresh-token" },
            new() { Name = "expires_at", Value = site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture) },
        ]);
        await browser.AdoptAsync(ticket);
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/session");
        Assert.Equal("another-provider-s-access-token", response.Session.AccessToken);
        Assert.Null(response.SessionCookie);
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(site.Revocations);

        Assert.True((await binance.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Scheme_that_is_added_at_run_time_refreshes_its_tickets()
    {
        await using var site = await TestSite.StartAsync();
        site.AddSecondClient();
        var added = site.Services.GetRequiredService<IOptionsMonitorCache<BinanceAuthenticationOptions>>();
        var options = site.Services.GetRequiredService<IOptionsFactory<BinanceAuthenticationOptions>>().Create("Binance");
        (options.ClientId, options.ClientSecret, options.CallbackPath) = ("second-client", "second-secret", "/signin-second");
        added.TryAdd("Second", options);
        site.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new("Second", "Second", typeof(BinanceAuthenticationHandler)));
        var browser = site.Browser();
        await browser.SignInAsync(scheme: "Second");
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(["second-client"], RefreshingClients(site));
    }

    private static IEnumerable<string?> RefreshingClients(TestSite site) => site.Emulator.Requests.To(EmulatorEndpoint.Token)
        .Where(request => request.GrantType == "refresh_token").Select(request => request.Form["client_id"]);
}
