using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>
/// Sites to which a browser delivers one callback more than once.
/// </summary>
internal static class DeliverySite
{
    public static Task<TestSite> StartAsync(Action<SiteSetup>? configure = null)
        => TestSite.StartAsync(setup => Configure(setup, configure));

    public static Task<Farm> StartFarmAsync(Action<SiteSetup>? configure = null)
        => Farm.StartAsync(setup => Configure(setup, configure));

    /// <summary>Counts the calls of the handler's overrides.</summary>
    public static DeliveryCalls Calls(this TestSite site) => site.Services.GetRequiredService<DeliveryCalls>();

    /// <summary>How many token requests the emulator received, held and aborted ones included.</summary>
    public static int TokenRequests(this TestSite site) => site.Emulator.Requests.Count(EmulatorEndpoint.Token);

    /// <summary>The token requests with the code of a callback.</summary>
    public static IEnumerable<EmulatorRequest> TokenRequestsOf(this TestSite site, string callback)
        => site.Emulator.Requests.To(EmulatorEndpoint.Token).Where(request => request.Form["code"] == SiteBrowser.CodeIn(callback));

    public static int UserRequests(this TestSite site) => site.Emulator.Requests.Count(EmulatorEndpoint.UserInfo);

    /// <summary>The failure in a redirect to <c>FailurePath</c>, or <see langword="null"/> if the response is another one.</summary>
    public static string? Failure(this SiteResponse response)
        => response.Location?.OriginalString is { } location && location.StartsWith("/failed?", StringComparison.Ordinal)
            ? QueryHelpers.ParseQuery(location["/failed".Length..])["failure"].Single()
            : null;

    public static string? SessionId(this SiteSession session) => session.Items.GetValueOrDefault(".bn");

    public static async Task<SiteSession> AssertLiveAsync(this TestSite site, SiteBrowser browser)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        return session;
    }

    /// <summary>Delivers a callback twice at once: both deliveries wait for the call that the emulator holds.</summary>
    public static async Task<(SiteResponse First, SiteResponse Second)> DeliverTwiceAsync(
        this TestSite site, SiteBrowser browser, EmulatorEndpoint held = EmulatorEndpoint.Token)
    {
        var callback = await browser.ConsentAsync();
        using var hold = site.Emulator.Faults.Hold(held);
        var both = held is EmulatorEndpoint.Token ? site.Calls().Exchanges.Next(2) : site.Calls().Tickets.Next(2);
        var (first, second) = (browser.DeliverCallbackAsync(callback), browser.DeliverCallbackAsync(callback));
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await Task.WhenAny(both, first, second);
        hold.Release();
        return (await first, await second);
    }

    /// <summary>Delivers a callback, and returns when it has reached the exchange.</summary>
    /// <returns>The response, when it arrives.</returns>
    public static Task<Task<SiteResponse>> ArriveAsync(this TestSite site, SiteBrowser browser, string callback)
        => ArriveUntilAsync(site, browser, callback, CancellationToken.None);

    /// <summary>Delivers a callback in a request that can be aborted, and returns when it has reached the exchange.</summary>
    /// <returns>The response, when it arrives.</returns>
    public static async Task<Task<SiteResponse>> ArriveUntilAsync(
        this TestSite site, SiteBrowser browser, string callback, CancellationToken aborted)
    {
        var arrived = site.Calls().Exchanges.Next(1);
        var delivery = browser.DeliverCallbackUntilAsync(callback, aborted);
        await arrived;
        return delivery;
    }

    /// <summary>Delivers a callback in a request that the browser aborts after it has reached the exchange.</summary>
    public static async Task AbortAfterArrivalAsync(this TestSite site, SiteBrowser browser, string callback)
    {
        using var closing = new CancellationTokenSource();
        var delivery = await site.ArriveUntilAsync(browser, callback, closing.Token);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
    }

    /// <summary>
    /// Advances the clock second by second. After each, work that it started has the time of a request to the emulator, and stores respond.
    /// </summary>
    public static async Task PassAsync(this TestSite site, TimeSpan time)
    {
        using var client = new HttpClient();
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            site.Clock.Pass(TimeSpan.FromSeconds(1));
            await site.Clock.SettleAsync();
            using var page = await client.GetAsync(site.Emulator.BaseAddress, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets time pass, and checks that the revocation of a token begins between two times.</summary>
    public static async Task AssertRevokedBetweenAsync(this TestSite site, TimeSpan from, TimeSpan to)
    {
        if (from > TimeSpan.Zero)
        {
            await site.PassAsync(from - TimeSpan.FromSeconds(1));
            Assert.Empty(site.Revocations);
        }

        await site.PassAsync(to - from + TimeSpan.FromSeconds(1));

        // The clock does not advance any more: only a revocation that has started arrives.
        await site.Emulator.Requests.WaitForAsync(_ => site.Revocations.Count > 0, TestTimeout.Token);
    }

    /// <summary>Lets time pass until a token is revoked.</summary>
    public static async Task PassUntilRevokedAsync(this TestSite site)
    {
        var passed = TimeSpan.Zero;
        while (site.Revocations.Count == 0)
        {
            Assert.True(passed < TimeSpan.FromMinutes(5), "No token was revoked.");
            await site.PassAsync(TimeSpan.FromSeconds(1));
            passed += TimeSpan.FromSeconds(1);
        }
    }

    private static void Configure(SiteSetup setup, Action<SiteSetup>? configure)
    {
        configure?.Invoke(setup);
        var (binance, services) = (setup.Binance, setup.Services);
        setup.Binance = options =>
        {
            // The fake clock advances faster than a revocation takes.
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
