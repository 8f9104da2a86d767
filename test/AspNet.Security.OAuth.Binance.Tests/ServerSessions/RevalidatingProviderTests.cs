using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// <c>BinanceRevalidatingAuthenticationStateProvider</c>: a circuit is signed out only when its session has ended.
/// </summary>
public sealed class RevalidatingProviderTests
{
    [Fact]
    public async Task A_live_session_is_valid_and_an_ended_one_is_not()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var user = await hub.UserAsync(browser);
        using var provider = new Probe(hub.Site.Sessions());
        Assert.True(await provider.ValidateAsync(user));

        await hub.Site.EndAsync(await browser.IdAsync());

        Assert.False(await provider.ValidateAsync(user));
    }

    [Fact]
    public async Task An_unavailable_cache_signs_nobody_out()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        var (user, id) = (await hub.UserAsync(browser), await browser.IdAsync());
        using var provider = new Probe(hub.Site.Sessions());

        hub.Site.Store().Fail();
        Assert.True(await provider.ValidateAsync(user));

        hub.Site.Store().Recover();
        Assert.True(await provider.ValidateAsync(user));
        await hub.Site.EndAsync(id);
        Assert.False(await provider.ValidateAsync(user));
    }

    [Fact]
    public async Task A_user_without_a_server_session_stays_signed_in()
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Authentication = static builder => builder.AddCookie("Other"), null, "Cookies");
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?cookie=Other&user=another");
        using var provider = new Probe(hub.Site.Sessions());

        Assert.True(await provider.ValidateAsync(await hub.UserAsync(browser, "Other")));
        Assert.True(await provider.ValidateAsync(CookieSites.User("somebody")));
        Assert.True(await provider.ValidateAsync(new ClaimsPrincipal(new ClaimsIdentity([new(".binance.session", "something", null, "https://issuer.example")], "token"))));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_validation_is_cancelled_when_the_circuit_ends()
    {
        await using var hub = await HubSite.StartAsync();
        var user = await hub.UserAsync(await hub.Site.SignedInAsync());
        using var provider = new Probe(hub.Site.Sessions());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        hub.Site.Store().Commands.Hang();
        var validation = provider.ValidateAsync(user, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => validation);
        hub.Site.Store().Commands.Recover();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_circuit_becomes_anonymous_when_the_session_has_ended()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        using var provider = new Probe(hub.Site.Sessions());
        var changed = new TaskCompletionSource<AuthenticationState>(TaskCreationOptions.RunContinuationsAsynchronously);
        provider.SetAuthenticationState(Task.FromResult(new AuthenticationState(await hub.UserAsync(browser))));
        provider.AuthenticationStateChanged += async state => changed.TrySetResult(await state);
        await provider.Validations.Next(3);
        Assert.False(changed.Task.IsCompleted);

        await hub.Site.EndAllAsync();

        Assert.False((await changed.Task.WaitAsync(TestContext.Current.CancellationToken)).User.Identity!.IsAuthenticated);
    }

    [Fact]
    public async Task The_documented_registration_makes_one_provider_for_each_circuit_that_validates_twice_a_minute()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Add(services
            => services.AddScoped<AuthenticationStateProvider, BinanceRevalidatingAuthenticationStateProvider>()));
        await using var one = hub.Site.Services.CreateAsyncScope();
        await using var other = hub.Site.Services.CreateAsyncScope();

        var provider = one.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();

        Assert.IsType<BinanceRevalidatingAuthenticationStateProvider>(provider);
        Assert.NotSame(provider, other.ServiceProvider.GetRequiredService<AuthenticationStateProvider>());
        using var probe = new Probe(hub.Site.Sessions());
        Assert.Equal(TimeSpan.FromSeconds(30), probe.Interval);
    }

    private sealed class Probe(BinanceSessions sessions) : BinanceRevalidatingAuthenticationStateProvider(NullLoggerFactory.Instance, sessions), IDisposable
    {
        public CallCounter Validations { get; } = new();

        public TimeSpan Interval => base.RevalidationInterval;

        protected override TimeSpan RevalidationInterval => TimeSpan.FromMilliseconds(1);

        public Task<bool> ValidateAsync(ClaimsPrincipal user, CancellationToken? cancellationToken = null)
            => base.ValidateAuthenticationStateAsync(new(user), cancellationToken ?? TestContext.Current.CancellationToken);

        public void Dispose() => Dispose(disposing: true);

        protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
        {
            Validations.Add();
            return base.ValidateAuthenticationStateAsync(authenticationState, cancellationToken);
        }
    }
}
