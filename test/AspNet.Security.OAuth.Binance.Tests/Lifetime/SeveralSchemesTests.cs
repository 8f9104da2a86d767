using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// Two Binance schemes, and another provider beside Binance: each acts on its own tickets only.
/// </summary>
public sealed class SeveralSchemesTests
{
    [Fact]
    public async Task Two_binance_schemes_on_one_cookie_refresh_and_revoke_with_their_own_client()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, binance) => AddSecond(builder, binance));
        AddSecondClient(site);
        var (first, second) = (await site.SignedInAsync(), site.Browser());
        await second.SignInAsync("Second");
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.True((await first.SessionAsync()).SignedIn);
        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
        Assert.True((await second.SessionAsync()).SignedIn);
        Assert.Equal([BinanceEmulatorDefaults.ClientId, "second-client"], RefreshingClients(site));

        // Each is still its own: what the other's operator did wrong does not concern it.
        await second.GetAsync("/sign-out");
        Assert.Single(site.Revocations);
        Assert.True((await first.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Two_binance_schemes_on_two_cookies_refresh_the_cookie_that_is_asked_for()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, binance) =>
        {
            builder.AddCookie("Other");
            AddSecond(builder, binance, "Other");
        });
        AddSecondClient(site);
        var browser = await site.SignedInAsync();
        await browser.SignInAsync("Second");
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        // The first cookie is the default one and is validated with each request; the second when it is asked for.
        await browser.GetAsync("/page");
        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
        var other = await browser.SessionAsync("Other");
        Assert.True(site.Emulator.Tokens.IsLive(other.AccessToken!));
        Assert.Equal([BinanceEmulatorDefaults.ClientId, "second-client"], RefreshingClients(site));

        // Signing out of one leaves the other alone.
        await browser.GetAsync("/sign-out?cookie=Other");
        Assert.Equal("Bearer " + other.AccessToken, Assert.Single(site.Revocations).Authorization);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_scheme_s_own_settings_decide_about_its_tickets()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, binance) =>
        {
            AddSecond(builder, binance);
            builder.Services.Configure<BinanceAuthenticationOptions>("Second", options => options.AutomaticRefresh = false);
        });
        AddSecondClient(site);
        var (first, second) = (await site.SignedInAsync(), site.Browser());
        await second.SignInAsync("Second");
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        await first.SessionAsync();
        await second.SessionAsync();

        Assert.Equal([BinanceEmulatorDefaults.ClientId], RefreshingClients(site));
    }

    [Theory]
    [InlineData("Elsewhere")]
    [InlineData("a scheme that is not there")]
    [InlineData("Cookies")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_ticket_of_another_provider_on_the_same_cookie_is_left_alone(string? issuer)
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Authentication = (builder, _) => builder.AddOAuth("Elsewhere", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-elsewhere");
            (options.AuthorizationEndpoint, options.TokenEndpoint) = ("http://localhost/authorize", "http://localhost/token");
        }));
        var binance = await site.SignedInAsync();
        var browser = site.Browser();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = issuer } };
        ticket.StoreTokens([
            new() { Name = "access_token", Value = "somebody-elses-access-token" },
            new() { Name = "refresh_token", Value = "somebody-elses-refresh-token" },
            new() { Name = "expires_at", Value = site.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture) },
        ]);
        await browser.AdoptAsync(ticket);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answer = await browser.GetAsync("/session");
        Assert.Equal("somebody-elses-access-token", answer.Session.AccessToken);
        Assert.Null(answer.SessionCookie);
        await browser.GetAsync("/sign-out");
        Assert.False(browser.HasSession);
        Assert.Equal(0, site.RefreshCalls);
        Assert.Empty(site.Revocations);

        Assert.True((await binance.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_scheme_that_is_added_while_the_site_runs_refreshes_its_tickets()
    {
        await using var site = await LifetimeSite.StartAsync();
        AddSecondClient(site);
        var added = site.Services.GetRequiredService<IOptionsMonitorCache<BinanceAuthenticationOptions>>();
        var options = site.Services.GetRequiredService<IOptionsFactory<BinanceAuthenticationOptions>>().Create("Binance");
        (options.ClientId, options.ClientSecret, options.CallbackPath) = ("second-client", "second-secret", "/signin-second");
        added.TryAdd("Second", options);
        site.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new("Second", "Second", typeof(BinanceAuthenticationHandler)));
        var browser = site.Browser();
        await browser.SignInAsync("Second");
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(["second-client"], RefreshingClients(site));
    }

    private static void AddSecond(AuthenticationBuilder builder, Uri binance, string? cookie = null) => builder.AddBinance("Second", options =>
    {
        (options.ClientId, options.ClientSecret, options.CallbackPath, options.SignInScheme) = ("second-client", "second-secret", "/signin-second", cookie);
        options.UseServer(binance);
    });

    private static void AddSecondClient(LifetimeSite site) => site.Emulator.Clients.Add(new()
    {
        ClientId = "second-client",
        ClientSecret = "second-secret",
        RedirectUris = ["http://localhost/signin-second"],
    });

    private static IEnumerable<string?> RefreshingClients(LifetimeSite site) => site.Emulator.Requests.To(EmulatorEndpoint.Token)
        .Where(request => request.GrantType == "refresh_token").Select(request => request.Form["client_id"]);
}
