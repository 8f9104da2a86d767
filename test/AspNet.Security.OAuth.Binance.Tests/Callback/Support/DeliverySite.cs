using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Sites to which a browser delivers one callback more than once, and what tests of that need.
/// </summary>
internal static class DeliverySite
{
    // The time that a command of a store may take.
    private static readonly TimeSpan _storeCommand = TimeSpan.FromSeconds(3);

    public static Task<LifetimeSite> StartAsync(Action<LifetimeSetup>? configure = null)
        => LifetimeSite.StartAsync(setup => Configure(setup, configure));

    public static Task<Farm> StartFarmAsync(Action<LifetimeSetup>? configure = null)
        => Farm.StartAsync(setup => Configure(setup, configure));

    /// <summary>Counts what the handler's overrides of this site are called for.</summary>
    public static DeliveryCalls Calls(this LifetimeSite site) => site.Services.GetRequiredService<DeliveryCalls>();

    /// <summary>How many token requests the emulator got, those included that it holds or that were aborted.</summary>
    public static int TokenRequests(this LifetimeSite site) => site.Emulator.Requests.Count(EmulatorEndpoint.Token);

    public static int UserRequests(this LifetimeSite site) => site.Emulator.Requests.Count(EmulatorEndpoint.UserInfo);

    /// <summary>The failure that a response tells the browser at <c>FailurePath</c>, or <see langword="null"/> if it is no failure.</summary>
    public static string? Failure(this SiteAnswer answer)
        => answer.Location?.OriginalString is { } location && location.StartsWith("/failed?", StringComparison.Ordinal)
            ? QueryHelpers.ParseQuery(location["/failed".Length..])["failure"].Single()
            : null;

    public static string? SessionId(this SessionView session) => session.Items.GetValueOrDefault(".bn");

    public static async Task<SessionView> AssertLiveAsync(this LifetimeSite site, LifetimeBrowser browser)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        return session;
    }

    /// <summary>Delivers a callback twice at once: both deliveries wait for the call that the emulator holds.</summary>
    public static async Task<(SiteAnswer First, SiteAnswer Second)> DeliverTwiceAsync(
        this LifetimeSite site, LifetimeBrowser browser, EmulatorEndpoint held = EmulatorEndpoint.Token)
    {
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(held);
        var both = held is EmulatorEndpoint.Token ? site.Calls().Exchanges.Next(2) : site.Calls().Tickets.Next(2);
        var (first, second) = (browser.ComeBackAsync(callback), browser.ComeBackAsync(callback));
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await Task.WhenAny(both, first, second);
        hold.Release();
        return (await first, await second);
    }

    /// <summary>Delivers a callback, and returns when the delivery has come to the exchange.</summary>
    /// <returns>The response that is going to come.</returns>
    public static Task<Task<SiteAnswer>> ArriveAsync(this LifetimeSite site, LifetimeBrowser browser, string callback)
        => ArriveUntilAsync(site, browser, callback, CancellationToken.None);

    /// <summary>Delivers a callback in a request that can be aborted, and returns when the delivery has come to the exchange.</summary>
    /// <returns>The response that is going to come.</returns>
    public static async Task<Task<SiteAnswer>> ArriveUntilAsync(
        this LifetimeSite site, LifetimeBrowser browser, string callback, CancellationToken aborted)
    {
        var arrived = site.Calls().Exchanges.Next(1);
        var delivery = browser.ComeBackUntilAsync(callback, aborted);
        await arrived;
        return delivery;
    }

    /// <summary>
    /// Lets time pass second by second. In each, whatever it started has the time of a request to the emulator, and stores respond.
    /// </summary>
    public static async Task PassAsync(this LifetimeSite site, TimeSpan time)
    {
        using var client = new HttpClient();
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            site.Clock.Pass(TimeSpan.FromSeconds(1));
            await site.Clock.SettleAsync(_storeCommand);
            using var page = await client.GetAsync(site.Emulator.BaseAddress, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets time pass, and checks that the revocation of a token begins between two times.</summary>
    public static async Task AssertRevokedBetweenAsync(this LifetimeSite site, TimeSpan from, TimeSpan to)
    {
        if (from > TimeSpan.Zero)
        {
            await site.PassAsync(from - TimeSpan.FromSeconds(1));
            Assert.Empty(site.Revocations);
        }

        await site.PassAsync(to - from + TimeSpan.FromSeconds(1));

        // The clock stands still now: only a revocation that has begun comes.
        await site.Emulator.Requests.WaitForAsync(_ => site.Revocations.Count > 0, TestTimeout.Token);
    }

    /// <summary>Lets time pass until a token is revoked.</summary>
    public static async Task PassUntilRevokedAsync(this LifetimeSite site)
    {
        var passed = TimeSpan.Zero;
        while (site.Revocations.Count == 0)
        {
            Assert.True(passed < TimeSpan.FromMinutes(5), "No token was revoked.");
            await site.PassAsync(TimeSpan.FromSeconds(1));
            passed += TimeSpan.FromSeconds(1);
        }
    }

    private static void Configure(LifetimeSetup setup, Action<LifetimeSetup>? configure)
    {
        configure?.Invoke(setup);
        var (binance, services) = (setup.Binance, setup.Services);
        setup.Binance = options =>
        {
            options.FailurePath = "/failed";

            // The time of a test passes faster than a revocation takes.
            options.RevocationTimeout = TimeSpan.FromMinutes(10);
            binance(options);
        };
        setup.Services = collection =>
        {
            services(collection);
            collection.AddSingleton<DeliveryCalls>().AddTransient<BinanceAuthenticationHandler, DeliveryHandler>();
        };
    }
}
