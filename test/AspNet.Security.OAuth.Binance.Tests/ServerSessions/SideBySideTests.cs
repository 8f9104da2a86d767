using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// During a roll-out, one process keeps its sessions on the server and another in cookies, with the same data protection keys. For each of
/// them the cookie of the other is anonymous, and is not deleted.
/// </summary>
public sealed class SideBySideTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task The_other_version_s_cookie_is_anonymous_and_is_kept(bool oldComesFirst, bool isDue)
    {
        await using var site = await StartAsync(!oldComesFirst);
        await using var other = await StartNeighbourAsync(site, oldComesFirst);
        var browser = await site.SignedInAsync();
        if (isDue)
        {
            site.Clock.Pass(TimeSpan.FromDays(8));
        }

        var there = browser.Copy(other);
        foreach (var path in new[] { "/session", "/session?scheme=Cookies", "/session" })
        {
            var response = await there.GetAsync(path);
            Assert.False(response.Session.SignedIn);
            Assert.Empty(response.Session.Claims);
            Assert.Empty(response.SetCookies);
        }

        Assert.Equal("a page", (await there.GetAsync("/")).Body);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await there.GetAsync("/members")).Status);
        Assert.Equal(0, site.RefreshCalls);
        Assert.True((await there.Copy(site).SessionAsync()).SignedIn);
        Assert.All([site, other], process => Assert.Empty(process.Logged(LogLevel.Error)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_user_signs_in_and_out_over_the_other_version_s_cookie(bool oldComesFirst)
    {
        await using var site = await StartAsync(!oldComesFirst);
        await using var other = await StartNeighbourAsync(site, oldComesFirst);
        var there = (await site.SignedInAsync()).Copy(other);

        await there.SignInAsync();
        Assert.True((await there.SessionAsync()).SignedIn);
        await there.GetAsync("/sign-out");

        Assert.False(there.HasSessionCookie);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Empty(other.Logged(LogLevel.Error));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_out_with_the_other_version_s_cookie_deletes_it(bool oldComesFirst)
    {
        await using var site = await StartAsync(!oldComesFirst);
        await using var other = await StartNeighbourAsync(site, oldComesFirst);
        var there = (await site.SignedInAsync()).Copy(other);

        var response = await there.GetAsync("/sign-out");

        Assert.Equal(System.Net.HttpStatusCode.OK, response.Status);
        Assert.False(there.HasSessionCookie);
        Assert.Empty(other.Logged(LogLevel.Error));
    }

    private static Task<TestSite> StartAsync(bool onServer) => TestSite.StartAsync(setup => Configure(setup, onServer, store: null));

    private static Task<TestSite> StartNeighbourAsync(TestSite site, bool onServer)
        => site.StartNeighbourAsync(setup => Configure(setup, onServer, site.Store()));

    private static void Configure(SiteSetup setup, bool onServer, SharedStore? store)
    {
        if (onServer)
        {
            setup.KeepOnServer();
        }

        setup.Add(services => services.AddSingleton<IDistributedCache>(
            provider => store ?? new SharedStore(provider.GetRequiredService<TimeProvider>())));
    }
}
