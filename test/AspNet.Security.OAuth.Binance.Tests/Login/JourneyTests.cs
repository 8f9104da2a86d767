using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// A site made of <c>AddCookie().AddBinance()</c> and one line has no dead end: whatever the user does, a page leads on.
/// </summary>
public sealed class JourneyTests : IAsyncDisposable
{
    private readonly CookieContainer _cookies = new();
    private BinanceEmulator _emulator = null!;
    private WebApplication _app = null!;

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task An_anonymous_visit_to_a_page_for_users_reaches_binance_and_comes_back(SessionPlace place)
    {
        await StartAsync(place);

        using var consent = await FollowAsync("/orders?page=2");
        Assert.StartsWith(new Uri(_emulator.BaseAddress, "/en/oauth/authorize").AbsoluteUri, consent.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        using var page = await FollowAsync(await DecideAsync(consent.Headers.Location, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, await page.TextAsync());
        Assert.Equal("/orders?page=2", page.RequestMessage!.RequestUri!.PathAndQuery);
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_callback_that_is_the_first_request_ends_on_a_page_from_which_the_user_signs_in(SessionPlace place)
    {
        await StartAsync(place);

        using var failed = await FollowAsync("/signin-binance?error=access_denied");
        var login = Assert.Single((await LoginPage.ReadAsync(failed)).Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        using var consent = await FollowAsync(login);
        using var start = await FollowAsync(await DecideAsync(consent.Headers.Location!, "authorize"));

        Assert.Equal("/", start.RequestMessage!.RequestUri!.PathAndQuery);
        using var orders = await FollowAsync("/orders");
        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, await orders.TextAsync());
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_cancel_ends_on_a_page_from_which_the_user_signs_in_after_all(SessionPlace place)
    {
        await StartAsync(place);
        using var consent = await FollowAsync("/orders?page=2");

        using var cancelled = await FollowAsync(await DecideAsync(consent.Headers.Location!, "cancel"));
        var page = await LoginPage.ReadAsync(cancelled);
        Assert.Equal((HttpStatusCode.OK, "/auth/failed?failure=access_denied&returnUrl=%2Forders%3Fpage%3D2"), (cancelled.StatusCode, cancelled.RequestMessage!.RequestUri!.PathAndQuery));
        using var again = await FollowAsync(Assert.Single(page.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal)));
        using var orders = await FollowAsync(await DecideAsync(again.Headers.Location!, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, await orders.TextAsync());
        Assert.Equal("/orders?page=2", orders.RequestMessage!.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task A_user_who_cancels_again_and_again_meets_the_same_page()
    {
        await StartAsync(SessionPlace.Cookie);
        var path = "/orders";

        for (var i = 0; i < 5; i++)
        {
            using var consent = await FollowAsync(path);
            using var cancelled = await FollowAsync(await DecideAsync(consent.Headers.Location!, "cancel"));
            var page = await LoginPage.ReadAsync(cancelled);
            Assert.Equal("/auth/failed?failure=access_denied&returnUrl=%2Forders", cancelled.RequestMessage!.RequestUri!.PathAndQuery);
            path = Assert.Single(page.Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task A_server_that_fails_ends_on_a_page_from_which_the_user_signs_in_later(EmulatorEndpoint endpoint)
    {
        await StartAsync(SessionPlace.Cookie);
        using var consent = await FollowAsync("/orders");
        _emulator.Faults.Next(endpoint, EmulatorFault.Status(500), times: 10);

        using var failed = await FollowAsync(await DecideAsync(consent.Headers.Location!, "authorize"));
        Assert.Equal((HttpStatusCode.OK, "/auth/failed"), (failed.StatusCode, failed.RequestMessage!.RequestUri!.AbsolutePath));
        var login = Assert.Single((await LoginPage.ReadAsync(failed)).Links, link => link.StartsWith("/auth/login", StringComparison.Ordinal));
        _emulator.Faults.Clear();
        using var again = await FollowAsync(login);
        using var orders = await FollowAsync(await DecideAsync(again.Headers.Location!, "authorize"));

        Assert.Equal("orders of " + BinanceEmulatorDefaults.UserId, await orders.TextAsync());
    }

    [Fact]
    public async Task A_user_who_signs_out_and_opens_a_page_for_users_is_asked_again()
    {
        await StartAsync(SessionPlace.Server);
        using var consent = await FollowAsync("/orders");
        using var orders = await FollowAsync(await DecideAsync(consent.Headers.Location!, "authorize"));

        using var signedOut = await SendAsync(HttpMethod.Post, new Uri("http://localhost/auth/logout"), LoginRequests.OwnScript);
        using var next = await FollowAsync("/orders");

        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.Equal("/en/oauth/authorize", next.Headers.Location!.AbsolutePath);
        Assert.Equal(1, _emulator.Requests.Count(EmulatorEndpoint.Revoke));
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? default);
        await (_emulator?.DisposeAsync() ?? default);
    }

    // As the README has it: no UseAuthentication, no UseRouting, no path.
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
    private async Task<HttpResponseMessage> FollowAsync(string path)
    {
        var url = new Uri(new Uri("http://localhost"), path);
        for (var i = 0; i < 10; i++)
        {
            var response = await SendAsync(HttpMethod.Get, url, LoginRequests.Navigation);
            if (response.Headers.Location is not { } location || new Uri(url, location) is not { Host: "localhost", Port: 80 } next)
            {
                return response;
            }

            response.Dispose();
            url = next;
        }

        throw new InvalidOperationException($"There is no end of redirects. The last one is to {url}.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(_app.GetTestServer().CreateHandler());
        using var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("Cookie", _cookies.GetCookieHeader(url));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var cookie in response.SetCookies())
        {
            _cookies.SetCookies(url, cookie);
        }

        return response;
    }

    /// <summary>Opens Binance's page, and presses a button.</summary>
    /// <returns>The callback.</returns>
    private async Task<string> DecideAsync(Uri authorize, string decision)
    {
        using var visitor = new Visitor(_emulator);
        using var decided = await visitor.AnswerConsentAsync(await visitor.OpenConsentAsync(authorize.PathAndQuery), decision);
        return decided.Headers.Location!.PathAndQuery;
    }
}
