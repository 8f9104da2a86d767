using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;


namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>
/// An application that throws at one place of a sign-in, unless a test switches that off.
/// </summary>
/// <param name="fault">The place.</param>
/// <param name="isOnServer">Whether its sessions are on the server.</param>
internal sealed class BreakableApplication(string fault, bool isOnServer = false)
{
    /// <summary>The places: all come after Binance has accepted the user.</summary>
    public static readonly string[] Faults = [Store, OnSigningIn, OnSignedIn, OnTicketReceived];

    public const string Store = "the store";
    public const string OnSigningIn = "OnSigningIn";
    public const string OnSignedIn = "OnSignedIn";
    public const string OnTicketReceived = "OnTicketReceived";

    public bool IsBroken { get; set; } = true;

    public async Task<TestSite> StartAsync(BinanceStub binance, string? failurePath = "/failed")
    {
        var sessions = new SessionStorage(isOnServer ? SessionPlace.Server : SessionPlace.Cookie);
        var site = await TestSite.StartAsync(binance, setup =>
        {
            Configure(setup, failurePath);
            sessions.Configure(setup);
        });
        if (isOnServer)
        {
            sessions.Cache.Commands.Before = (command, _) => command is StoreCommand.Set ? Reach(Store) : Task.CompletedTask;
        }

        return site;
    }

    private void Configure(SiteSetup setup, string? failurePath)
    {
        setup.Binance = options =>
        {
            options.FailurePath = failurePath;
            options.Events.OnTicketReceived = _ => Reach(OnTicketReceived);
        };
        setup.Cookie = options =>
        {
            options.SessionStore = fault is Store && !isOnServer ? new BreakableStore(this) : null;
            options.Events.OnSigningIn = _ => Reach(OnSigningIn);
            options.Events.OnSignedIn = _ => Reach(OnSignedIn);
        };
    }

    public static void AssertFailurePage(SiteResponse response, string failure = "unknown")
    {
        Assert.Equal(
            (HttpStatusCode.Redirect, $"/failed?failure={failure}&returnUrl=%2Forders"),
            (response.Status, response.Location?.OriginalString));
        Assert.DoesNotContain(response.SetCookies, cookie => cookie.Name.StartsWith(SiteResponse.CookieName, StringComparison.Ordinal));
    }

    public static T AssertOneError<T>(TestSite site)
        where T : Exception
    {
        var record = Assert.Single(site.Logs, log => log.Level >= LogLevel.Error);
        Assert.Equal((LogLevel.Error, "SignInFailed"), (record.Level, record.Id.Name));
        return Assert.IsType<T>(record.Exception);
    }

    private Task Reach(string place) => IsBroken && fault == place ? throw new InvalidDataException("own fault") : Task.CompletedTask;

    private sealed class BreakableStore(BreakableApplication application) : ITicketStore
    {
        private readonly CookieTicketStore _inner = new();

        public async Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            await application.Reach(Store);
            return await _inner.StoreAsync(ticket);
        }

        public async Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            await application.Reach(Store);
            await _inner.RenewAsync(key, ticket);
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => _inner.RetrieveAsync(key);

        public Task RemoveAsync(string key) => _inner.RemoveAsync(key);
    }
}
