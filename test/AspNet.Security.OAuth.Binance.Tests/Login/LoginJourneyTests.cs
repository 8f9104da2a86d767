using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// A site of <c>AddCookie().AddBinance()</c> and one line for the endpoints: every path of a user ends on a page from which they can continue.
/// </summary>
public sealed class LoginJourneyTests : IAsyncDisposable
{
    private BinanceEmulator _emulator = null!;
    private WebApplication _app = null!;
    private SiteBrowser? _browser;

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task An_anonymous_visit_to_a_page_that_needs_a_user_signs_in_and_returns(SessionPlace place)
    {
        await StartAsync(place);

        var consent = await FollowAsync("/orders?page=2");
        Assert.StartsWith(new Uri(_emulator.BaseAddress, "/en/oauth/authorize").AbsoluteUri, consent.Location!.AbsoluteUri, StringComparison.Ordinal);
        var page = await FollowAsync(await DecideAsync(consent.Location, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, page.Body);
        Assert.Equal("/orders?page=2", page.Address.PathAndQuery);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_callback_that_is_the_first_request_ends_on_a_page_from_which_the_user_signs_in(SessionPlace place)
    {
        await StartAsync(place);

        var failed = await FollowAsync("/signin-binance?error=access_denied");
        var login = Assert.Single(LoginPage.Of(failed).Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        var consent = await FollowAsync(login);
        var start = await FollowAsync(await DecideAsync(consent.Location!, "authorize"));

        Assert.Equal("/", start.Address.PathAndQuery);
        var orders = await FollowAsync("/orders");
        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, orders.Body);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_cancelled_sign_in_ends_on_a_page_from_which_the_user_signs_in(SessionPlace place)
    {
        await StartAsync(place);
        var consent = await FollowAsync("/orders?page=2");

        var cancelled = await FollowAsync(await DecideAsync(consent.Location!, "cancel"));
        var page = LoginPage.Of(cancelled);
        Assert.Equal((HttpStatusCode.OK, "/auth/failed?failure=access_denied&returnUrl=%2Forders%3Fpage%3D2"), (cancelled.Status, cancelled.Address.PathAndQuery));
        var again = await FollowAsync(Assert.Single(page.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal)));
        var orders = await FollowAsync(await DecideAsync(again.Location!, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, orders.Body);
        Assert.Equal("/orders?page=2", orders.Address.PathAndQuery);
    }

    [Fact]
    public async Task Each_cancelled_sign_in_ends_on_the_same_page()
    {
        await StartAsync(SessionPlace.Cookie);
        var path = "/orders";

        for (var i = 0; i < 5; i++)
        {
            var consent = await FollowAsync(path);
            var cancelled = await FollowAsync(await DecideAsync(consent.Location!, "cancel"));
            var page = LoginPage.Of(cancelled);
            Assert.Equal("/auth/failed?failure=access_denied&returnUrl=%2Forders", cancelled.Address.PathAndQuery);
            path = Assert.Single(page.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task A_server_that_fails_ends_on_a_page_from_which_the_user_signs_in_later(EmulatorEndpoint endpoint)
    {
        await StartAsync(SessionPlace.Cookie);
        var consent = await FollowAsync("/orders");
        _emulator.Faults.Next(endpoint, EmulatorFault.Status(500), times: 10);

        var failed = await FollowAsync(await DecideAsync(consent.Location!, "authorize"));
        Assert.Equal((HttpStatusCode.OK, "/auth/failed"), (failed.Status, failed.Address.AbsolutePath));
        var login = Assert.Single(LoginPage.Of(failed).Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        _emulator.Faults.Clear();
        var again = await FollowAsync(login);
        var orders = await FollowAsync(await DecideAsync(again.Location!, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, orders.Body);
    }

    [Fact]
    public async Task A_signed_out_user_has_to_sign_in_again_for_a_page_that_needs_a_user()
    {
        await StartAsync(SessionPlace.Server);
        var consent = await FollowAsync("/orders");
        await FollowAsync(await DecideAsync(consent.Location!, "authorize"));

        var signedOut = await Browser.SignOutByScriptAsync();
        var next = await FollowAsync("/orders");

        Assert.Equal(HttpStatusCode.NoContent, signedOut.Status);
        Assert.Equal("/en/oauth/authorize", next.Location!.AbsolutePath);
        Assert.Equal(1, _emulator.Requests.Count(EmulatorEndpoint.Revoke));
    }

    private SiteBrowser Browser => _browser ??= new(new Uri("http://localhost"), TimeProvider.System, _app.GetTestServer().CreateHandler());

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? default);
        await (_emulator?.DisposeAsync() ?? default);
    }

    // As in the README: no UseAuthentication, no UseRouting, no path.
    private async Task StartAsync(SessionPlace place)
    {
        _emulator = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var schemes = builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.UseServer(_emulator.BaseAddress);
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        });
        if (place is SessionPlace.Server)
        {
            builder.Services.AddDistributedMemoryCache();
            schemes.AddBinanceServerSessions();
        }

        builder.Services.AddAuthorization();
        _app = builder.Build();
        _app.MapGroup("/auth").MapBinanceLogin();
        _app.MapGet("/orders", (System.Security.Claims.ClaimsPrincipal user) => "orders of " + user.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)?.Value).RequireAuthorization();
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a page and follows redirects on the site.</summary>
    private async Task<SiteResponse> FollowAsync(string path)
    {
        for (var i = 0; i < 10; i++)
        {
            var response = await Browser.GetAsync(path, LoginRequests.Navigation);
            if (response.Location is not { } location || new Uri(response.Address, location) is not { Host: "localhost", Port: 80 } next)
            {
                return response;
            }

            path = next.PathAndQuery;
        }

        throw new InvalidOperationException($"There is no end of redirects. The last one is to {path}.");
    }

    /// <summary>Opens Binance's page, and presses a button.</summary>
    /// <returns>The callback.</returns>
    private async Task<string> DecideAsync(Uri authorize, string decision)
    {
        using var visitor = new Visitor(_emulator);
        using var decided = await visitor.DecideAsync(await visitor.OpenConsentAsync(authorize.PathAndQuery), decision);
        return decided.Headers.Location!.PathAndQuery;
    }
}
