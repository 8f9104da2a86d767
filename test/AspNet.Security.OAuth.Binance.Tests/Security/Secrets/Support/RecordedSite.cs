using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// A site on Kestrel that logs at Trace and uses every part of the provider: the cookie, the refresh, <c>BinanceTokenService</c>, and an HTTP
/// client that sends the user's token.
/// </summary>
internal static class RecordedSite
{
    public static async Task<TestSite> StartAsync(
        SecretScan scan, Action<WebApplicationBuilder>? configure = null, Action<IApplicationBuilder>? use = null, bool sessionStore = false)
    {
        var secret = RecordedServer.NewSecret();
        scan.Secrets[secret] = "client_secret";
        var site = await TestSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Client = (RecordedServer.ClientId, secret);
            setup.Binance = options => FailureEvents.Listen(options, scan.Texts);
            setup.Cookie = options => options.SessionStore = sessionStore ? new Store(scan) : null;
            setup.Services = services => services.AddHttpClient("api", client => client.BaseAddress = setup.Server).AddBinanceAccessToken();
            setup.Host = configure ?? setup.Host;
            setup.BeforeAuthentication = use ?? setup.BeforeAuthentication;
            setup.Pages["/"] = context => context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a user" : "anonymous", context.RequestAborted);
            setup.Pages["/call"] = CallAsync;

            // The tests decide where a secret may be.
            setup.LooksForSecrets = false;
        });
        RecordedServer.MakeUnique(site.Emulator, secret, "http://127.0.0.1/signin-binance");
        return site;
    }

    private static async Task CallAsync(HttpContext context)
    {
        var api = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var response = await api.GetAsync("oauth-api/v1/user-info", context.RequestAborted);
        await context.Response.WriteAsync($"{response.StatusCode}", context.RequestAborted);
    }

    /// <summary>A ticket store, whose keys are secrets like the cookies that have them.</summary>
    private sealed class Store(SecretScan scan) : ITicketStore
    {
        private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = [];

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString("N");
            scan.Secrets[key] = "session id";
            _tickets[key] = ticket;
            return Task.FromResult(key);
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

        public Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            _tickets[key] = ticket;
            return Task.CompletedTask;
        }

        public Task RemoveAsync(string key)
        {
            _tickets.TryRemove(key, out _);
            return Task.CompletedTask;
        }
    }
}
