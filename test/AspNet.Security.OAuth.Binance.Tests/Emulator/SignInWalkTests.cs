using System.Net;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="BinanceEmulator.SignInAsync"/> and <see cref="BinanceEmulator.CancelSignInAsync"/>, at a site with the mapped endpoints.</summary>
public sealed class SignInWalkTests : IAsyncLifetime
{
    private BinanceEmulator _binance = null!;
    private WebApplication _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        _site = await StartSiteAsync(services => { }, app => { }, options => options.UseServer(_binance.BaseAddress));
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _binance.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_visitor_is_signed_in_whether_the_client_follows_redirects_or_not(bool followsRedirects)
    {
        using var browser = Browser(_site, followsRedirects);

        using var page = await _binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal((HttpStatusCode.OK, "/me"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(BinanceEmulatorDefaults.UserId, await browser.GetStringAsync("/me", Cancellation));
    }

    [Fact]
    public async Task A_named_user_is_signed_in()
    {
        using var browser = Browser(_site);

        using var page = await _binance.SignInAsync(browser, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_user_of_the_options_is_signed_in_when_none_is_named()
    {
        _binance.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        using var browser = Browser(_site);

        using var page = await _binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_protected_page_leads_to_the_sign_in_and_back_to_itself()
    {
        using var browser = Browser(_site);

        using var page = await _binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation);

        Assert.Equal((HttpStatusCode.OK, "/protected"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
    }

    [Fact]
    public async Task Sign_ins_at_the_same_time_are_each_their_own()
    {
        using var first = Browser(_site);
        using var second = Browser(_site);

        var pages = await Task.WhenAll(
            _binance.SignInAsync(first, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.UserId, Cancellation),
            _binance.SignInAsync(second, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation));

        Assert.Equal(
            [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.SecondUserId],
            await Task.WhenAll(pages.Select(page => page.Content.ReadAsStringAsync(Cancellation))));
        Assert.All(pages, page => page.Dispose());
    }

    [Fact]
    public async Task A_visitor_who_cancels_ends_on_the_page_of_the_site()
    {
        using var browser = Browser(_site);

        using var page = await _binance.CancelSignInAsync(browser, "/auth/login", Cancellation);

        Assert.Equal("/auth/failed", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("", await browser.GetStringAsync("/me", Cancellation));
        Assert.Empty(_binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_fault_of_the_token_endpoint_ends_on_the_page_of_the_site()
    {
        using var browser = Browser(_site);
        _binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var page = await _binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation);

        Assert.Equal("/auth/failed", page.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task An_emulator_inside_the_site_signs_in_too()
    {
        await using var site = await StartSiteAsync(
            services => services.AddBinanceEmulator(),
            app => app.MapGroup("/binance").MapBinanceEmulator(),
            options => options.UseServer(new Uri("http://localhost/binance/")),
            backchannelOfItself: true);
        var binance = site.Services.GetRequiredService<BinanceEmulator>();
        using var browser = Browser(site);

        using var page = await binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_path_that_leads_elsewhere_is_named_without_its_query()
    {
        using var browser = Browser(_site);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, "/me?secret=1", cancellationToken: Cancellation));

        Assert.Contains("ended at http://localhost/me with status 200", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_of_another_emulator_is_named()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var browser = Browser(_site);

        await Assert.ThrowsAsync<InvalidOperationException>(() => other.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task What_the_emulator_refuses_is_named()
    {
        _binance.Clients.Clear();
        using var browser = Browser(_site);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("400: The client_id in the request is not registered with this emulator. Came: binance-emulator-client.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_authorize_page_is_named()
    {
        using var browser = Browser(_site);
        _binance.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.FirewallChallenge);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("202: it met the fault FirewallChallenge.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_follows_redirects_is_signed_in_by_AutoApprove()
    {
        _binance.Options.AutoApprove = true;
        using var browser = RealBrowser(await StartOnKestrelAsync());

        using var page = await _binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_that_follows_redirects_is_signed_in_as_a_named_user()
    {
        using var browser = RealBrowser(await StartOnKestrelAsync());

        using var page = await _binance.SignInAsync(browser, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_decision_that_AutoApprove_has_made_otherwise_is_named()
    {
        _binance.Options.AutoApprove = true;
        using var browser = RealBrowser(await StartOnKestrelAsync());

        var cancelled = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.CancelSignInAsync(browser, "/auth/login", Cancellation));
        using var other = RealBrowser(browser.BaseAddress!);
        var named = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _binance.SignInAsync(other, "/auth/login", BinanceEmulatorDefaults.SecondUserId, Cancellation));

        Assert.All([cancelled, named], exception => Assert.Contains("the client follows redirects, and AutoApprove decides", exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_authorize_request_of_another_server_is_not_sent()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        await using var site = await StartSiteAsync(
            services => services.AddBinanceEmulator(),
            app => app.MapGroup("/binance").MapBinanceEmulator(),
            options => options.UseServer(other.BaseAddress));
        using var browser = Browser(site);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => site.Services.GetRequiredService<BinanceEmulator>().SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains($"it redirects to {other.BaseAddress}en/oauth/authorize", exception.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_browser_that_is_signed_in_already_is_named()
    {
        using var browser = Browser(_site);
        using var page = await _binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation));

        Assert.Contains("is nobody signed in yet?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_that_a_login_form_redirects_to_is_a_login_too()
    {
        using var browser = Browser(_site);
        using var posted = await browser.GetAsync("/auth/login?returnUrl=/me", Cancellation);

        using var page = await _binance.SignInAsync(browser, posted.Headers.Location!.AbsoluteUri, cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_path_without_a_base_address_is_named()
    {
        using var browser = new HttpClient();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => _binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("no BaseAddress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_stays_at_the_emulator_is_its_page()
    {
        _binance.Options.DenialBehavior = DenialBehavior.StayOnPage;
        using var browser = Browser(_site);

        using var page = await _binance.CancelSignInAsync(browser, "/auth/login", Cancellation);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Access was not granted", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_an_app_is_named()
    {
        _binance.Clients.Add(new EmulatorClient { ClientId = "app", RedirectUris = ["com.example.app:/callback"] });
        using var browser = Browser(_site);
        var authorize = new Uri(_binance.BaseAddress, Visitor.AuthorizeUrl(("client_id", "app"), ("redirect_uri", "com.example.app:/callback"))).AbsoluteUri;

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, authorize, cancellationToken: Cancellation));

        Assert.Contains("com.example.app", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fragment_of_the_authorize_address_stays_behind_the_decision()
    {
        using var browser = Browser(_site);
        using var challenge = await browser.GetAsync("/auth/login?returnUrl=/me", Cancellation);

        using var page = await _binance.SignInAsync(browser, challenge.Headers.Location!.AbsoluteUri + "#top", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Redirects_without_an_end_are_named()
    {
        using var browser = Browser(_site);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _binance.SignInAsync(browser, "/round", cancellationToken: Cancellation));

        Assert.Contains("redirects more than 20 times; the last time to http://localhost/round", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_user_is_named()
    {
        using var browser = Browser(_site);

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => _binance.SignInAsync(browser, "/auth/login", "nobody", Cancellation));

        Assert.Equal("userId", exception.ParamName);
    }

    // The same site with a socket. Its emulator is reached by a client that follows redirects there, too.
    private async Task<Uri> StartOnKestrelAsync()
    {
        await _site.DisposeAsync();
        _site = await StartSiteAsync(services => { }, app => app.Urls.Add("http://127.0.0.1:0"), options => options.UseServer(_binance.BaseAddress), isOnKestrel: true);
        return new Uri(_site.Urls.Single());
    }

    private static HttpClient RealBrowser(Uri site) => new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = site };

    // The client that a WebApplicationFactory makes.
    private static HttpClient Browser(WebApplication site, bool followsRedirects = false)
    {
        DelegatingHandler handler = new CookieContainerHandler(new CookieContainer()) { InnerHandler = site.GetTestServer().CreateHandler() };
        if (followsRedirects)
        {
            handler = new RedirectHandler { InnerHandler = handler };
        }

        return new HttpClient(handler) { BaseAddress = new Uri("http://localhost/") };
    }

    private static async Task<WebApplication> StartSiteAsync(
        Action<IServiceCollection> services, Action<WebApplication> map, Action<BinanceAuthenticationOptions> configure, bool backchannelOfItself = false, bool isOnKestrel = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        if (!isOnKestrel)
        {
            builder.WebHost.UseTestServer();
        }

        services(builder.Services);
        WebApplication? site = null;
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            configure(options);
            if (backchannelOfItself)
            {
                options.BackchannelHttpHandler = new Backchannel(() => site!);
            }
        });
        builder.Services.AddAuthorization();

        site = builder.Build();
        site.UseAuthentication();
        site.UseAuthorization();
        site.MapGroup("/auth").MapBinanceLogin();
        site.MapGet("/me", (HttpContext context) => context.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? "");
        site.MapGet("/protected", () => "protected").RequireAuthorization();
        site.MapGet("/round", () => Results.Redirect("/round"));
        map(site);
        await site.StartAsync(Cancellation);
        return site;
    }

    // The site's requests to itself, once it has started.
    private sealed class Backchannel(Func<WebApplication> site) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var invoker = new HttpMessageInvoker(site().GetTestServer().CreateHandler());
            return await invoker.SendAsync(request, cancellationToken);
        }
    }
}
