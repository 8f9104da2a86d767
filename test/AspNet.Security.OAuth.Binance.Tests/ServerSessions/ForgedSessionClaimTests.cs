using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Users whose claim of a session was not issued by a session of this site.
/// </summary>
public sealed class ForgedSessionClaimTests
{
    private const string ClaimType = ".binance.session";

    [Theory]
    [InlineData("LOCAL AUTHORITY")]
    [InlineData("Other")]
    [InlineData("Made up")]
    [InlineData("https://issuer.example")]
    [InlineData("Binance")]
    [InlineData("")]
    public async Task A_claim_that_no_server_session_issued_is_rejected(string issuer)
    {
        var made = new CreatedOptions();
        await using var hub = await HubSite.StartAsync(
            setup =>
            {
                setup.Authentication = static builder => builder.AddCookie("Other");
                setup.Add(services => services.AddSingleton<IPostConfigureOptions<CookieAuthenticationOptions>>(made));
            },
            null,
            "Cookies");
        var id = await (await hub.Site.SignedInAsync()).IdAsync();
        var user = Claiming(id, issuer);

        Assert.False(await IsLiveAsync(hub.Site, user));
        Assert.Null(hub.Site.Sessions().GetId(user));
        await using var circuit = new TestCircuit(hub.Site, user);
        Assert.Contains("AddBinanceServerSessions", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);

        // Options are created and cached for any name, so that a forged name must not create them.
        Assert.All(made.Names, name => Assert.True(name is "Cookies" or "Other", name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("../generation")]
    [InlineData("AspNet.Security.OAuth.Binance:ticket:")]
    public async Task A_claim_with_an_unknown_id_is_rejected(string id)
    {
        await using var hub = await HubSite.StartAsync();
        await hub.Site.SignedInAsync();

        Assert.False(await IsLiveAsync(hub.Site, Claiming(id, "Cookies")));
    }

    // The id of a session differs from the key in its cookie.
    [Fact]
    public async Task A_claim_with_the_key_of_a_cookie_is_rejected()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();

        Assert.False(await IsLiveAsync(hub.Site, Claiming(hub.Site.StoreKey(browser.Cookie(SiteResponse.CookieName)), "Cookies")));
    }

    [Fact]
    public async Task An_identity_that_is_not_authenticated_has_no_session()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        var copy = new ClaimsPrincipal(new ClaimsIdentity(user.Claims));

        Assert.False(await IsLiveAsync(hub.Site, copy));
        Assert.Null(hub.Site.Sessions().GetId(copy));
        await using var circuit = new TestCircuit(hub.Site, copy);
        Assert.Contains("nobody is signed in", await circuit.CallAsync(), StringComparison.Ordinal);
    }

    // Data protection isolates applications: the entry of another one cannot be read.
    [Fact]
    public async Task A_session_of_another_application_on_the_same_cache_is_not_live_here()
    {
        await using var here = await HubSite.StartAsync();
        var user = await here.UserAsync(await here.Site.SignedInAsync());
        await using var there = await HubSite.StartAsync();
        var (key, value) = (here.Site.Store().Tickets().Single(), here.Site.Store().Find(here.Site.Store().Tickets().Single())!);
        await there.Site.Store().SetAsync(key, value, new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromDays(1) }, TestContext.Current.CancellationToken);

        Assert.False(await IsLiveAsync(there.Site, user));
        await using var circuit = new TestCircuit(there.Site, user);
        Assert.Contains("nobody is signed in", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(there.Sent);
    }

    private static Task<bool> IsLiveAsync(TestSite site, ClaimsPrincipal user) => site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken);

    private static ClaimsPrincipal Claiming(string id, string issuer)
        => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "attacker"), new(ClaimType, id, ClaimValueTypes.String, issuer)], "test"));

    /// <summary>The names of the cookies whose options were created.</summary>
    private sealed class CreatedOptions : IPostConfigureOptions<CookieAuthenticationOptions>
    {
        public ConcurrentQueue<string?> Names { get; } = [];

        public void PostConfigure(string? name, CookieAuthenticationOptions options) => Names.Enqueue(name);
    }
}
