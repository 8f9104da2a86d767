using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// A hub's call sends the token of the connection's user and of the client's scheme, and no other.
/// </summary>
public sealed class HubUserTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_connections_of_different_users_send_their_own_tokens(bool due)
    {
        await using var hub = await HubSite.StartAsync();
        var site = hub.Site;
        var users = new List<(SiteBrowser Browser, HubConnection Connection)>();
        HttpTransportType[] transports = [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];
        for (var user = 0; user < 8; user++)
        {
            site.Emulator.Options.AutoApproveUser = user % 2 == 0 ? BinanceEmulatorDefaults.UserId : BinanceEmulatorDefaults.SecondUserId;
            var browser = await site.SignedInAsync();
            users.Add((browser, await hub.ConnectAsync(browser, transports[user % transports.Length])));
        }

        if (due)
        {
            site.Clock.Pass(TestSite.TokenLifetime);
        }

        await Parallel.ForAsync(0, 160, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (call, _) =>
        {
            var user = call % users.Count;
            Assert.Equal("called", await users[user].Connection.CallAsync("of/" + user.ToString(CultureInfo.InvariantCulture)));
        });

        var tokens = new List<string?>();
        foreach (var (browser, connection) in users)
        {
            tokens.Add((await browser.SessionAsync()).AccessToken);
            await connection.DisposeAsync();
        }

        Assert.Equal(8, tokens.Distinct().Count());
        Assert.Equal(due ? 8 : 0, site.RefreshCalls);
        var calls = hub.Api.Api.LogEntries.Where(entry => entry.RequestMessage!.Path.StartsWith("/of/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(160, calls.Length);
        Assert.All(calls, entry =>
        {
            var user = int.Parse(entry.RequestMessage!.Path["/of/".Length..], CultureInfo.InvariantCulture);
            Assert.Equal("Bearer " + tokens[user], entry.RequestMessage.Headers!["Authorization"].Single());
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_for_a_user_of_another_provider_is_not_sent()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");
        await using var connection = await hub.ConnectAsync(browser);

        Assert.Contains("nobody is signed in with the scheme 'Binance'", await connection.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Client_of_another_scheme_does_not_send_the_token()
    {
        await using var hub = await HubSite.StartAsync(AddSecondScheme);
        hub.Site.AddSecondClient();
        var (first, second) = (await hub.Site.SignedInAsync(), hub.Site.Browser());
        await second.SignInAsync(scheme: "Second");
        await using var one = await hub.ConnectAsync(first);
        await using var other = await hub.ConnectAsync(second);

        Assert.Equal("called", await one.CallAsync("first"));
        Assert.Contains("nobody is signed in with the scheme 'Binance'", await other.CallAsync("second"), StringComparison.Ordinal);

        Assert.DoesNotContain(hub.Api.Api.LogEntries, entry => entry.RequestMessage!.Path == "/second");
    }

    // A policy may name several cookies. Their identities are merged into one user.
    [Theory(Timeout = 60_000)]
    [InlineData("Cookies", "Other")]
    [InlineData("Other", "Cookies")]
    public async Task User_of_two_cookies_has_the_token_of_the_client_s_scheme(string first, string second)
    {
        await using var hub = await HubSite.StartAsync(
            setup =>
            {
                AddSecondScheme(setup, "Other");
                setup.AfterAuthentication = app => app.UseRouting().UseAuthorization().UseEndpoints(endpoints => endpoints.MapHub<CallingHub>("/hub")
                    .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = $"{first},{second}" }));
            },
            null,
            "Cookies",
            "Other");
        hub.Site.AddSecondClient();
        var browser = hub.Site.Browser();
        await browser.SignInAsync(scheme: "Second");
        await browser.SignInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        Assert.NotEqual(token, (await browser.SessionAsync("Other")).AccessToken);
        await using var connection = await hub.ConnectAsync(browser);

        Assert.Equal("called", await connection.CallAsync());

        Assert.Equal(token, hub.Sent[^1]);
    }

    private static void AddSecondScheme(SiteSetup setup) => AddSecondScheme(setup, null);

    private static void AddSecondScheme(SiteSetup setup, string? cookie) => setup.Authentication = builder =>
    {
        if (cookie is not null)
        {
            builder.AddCookie(cookie);
        }

        builder.AddSecondBinance(setup.Server, cookie);
    };
}
