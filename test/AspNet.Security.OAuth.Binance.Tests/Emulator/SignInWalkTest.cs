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

/// <summary>A test with an emulator, and a site with the mapped endpoints.</summary>
public abstract class SignInWalkTest : IAsyncLifetime
{
    private WebApplication _site = null!;

    protected BinanceEmulator Binance { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        _site = await StartSiteAsync(services => { }, app => { }, options => options.UseServer(Binance.BaseAddress));
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await Binance.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    // The same site on a real Kestrel, for a client that follows redirects from it to the emulator.
    protected async Task<Uri> StartOnKestrelAsync()
    {
        await _site.DisposeAsync();
        _site = await StartSiteAsync(services => { }, app => app.Urls.Add("http://127.0.0.1:0"), options => options.UseServer(Binance.BaseAddress), isOnKestrel: true);
        return new Uri(_site.Urls.Single());
    }

    protected static HttpClient RealBrowser(Uri site) => new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = site };

    protected HttpClient Browser(bool followsRedirects = false) => Browser(_site, followsRedirects);

    // The same handlers as in the client of a WebApplicationFactory.
    protected static HttpClient Browser(WebApplication site, bool followsRedirects = false)
    {
        DelegatingHandler handler = new CookieContainerHandler(new CookieContainer()) { InnerHandler = site.GetTestServer().CreateHandler() };
        if (followsRedirects)
        {
            handler = new RedirectHandler { InnerHandler = handler };
        }

        return new HttpClient(handler) { BaseAddress = new Uri("http://localhost/") };
    }

    protected static async Task<WebApplication> StartSiteAsync(
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

    // Sends the site's requests to itself.
    private sealed class Backchannel(Func<WebApplication> site) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var invoker = new HttpMessageInvoker(site().GetTestServer().CreateHandler());
            return await invoker.SendAsync(request, cancellationToken);
        }
    }
}
