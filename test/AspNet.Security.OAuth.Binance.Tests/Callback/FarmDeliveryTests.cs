using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A callback that is delivered to two processes of a site, which share a lock and a cache.
/// </summary>
public sealed class FarmDeliveryTests
{
    // An outcome is kept for a minute. The fake clock is ahead of the steps of lock and cache before the revocation.
    private static readonly (TimeSpan From, TimeSpan To) _revocation = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));

    public static MatrixTheoryData<bool, SessionPlace> Arrivals => new([false, true], [SessionPlace.Cookie, SessionPlace.Server]);

    public static MatrixTheoryData<DeliveryPoint, SessionPlace> AbortedAt
        => new(AbortedDeliveryTests.Points.Select(row => row.Data), [SessionPlace.Cookie, SessionPlace.Server]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Arrivals))]
    public async Task Concurrent_deliveries_make_one_token_request_and_one_session(bool firstArrivesLast, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await DeliverySite.StartFarmAsync(sessions.Configure);
        var (here, there, callback) = await ConsentAsync(farm);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = here.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var second = await farm.Second.ArriveAsync(there, callback);
        hold.Release();

        await AssertOneSessionAsync(farm, here, there, await first, await second, firstArrivesLast);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Arrivals))]
    public async Task A_delivery_at_the_other_process_after_the_exchange_ended_is_signed_in_by_it(bool firstArrivesLast, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await DeliverySite.StartFarmAsync(sessions.Configure);
        var (here, there, callback) = await ConsentAsync(farm);

        var first = await here.DeliverCallbackAsync(callback);
        await farm.First.PassAsync(TimeSpan.FromSeconds(55));
        var second = await there.DeliverCallbackAsync(callback);

        await AssertOneSessionAsync(farm, here, there, first, second, firstArrivesLast);
    }

    // By its clock, the outcome is older than a minute.
    [Fact(Timeout = 60_000)]
    public async Task A_process_whose_clock_is_ahead_signs_in_with_the_outcome_of_the_other_one()
    {
        var ahead = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var sites = 0;
        await using var farm = await DeliverySite.StartFarmAsync(setup =>
        {
            if (++sites == 2)
            {
                setup.Add(services => services.Configure<BinanceAuthenticationOptions>("Binance", options => options.TimeProvider = ahead));
            }
        });
        ahead.SetUtcNow(farm.First.Clock.GetUtcNow() + TimeSpan.FromMinutes(2));
        var (here, there, callback) = await ConsentAsync(farm);
        Assert.Null((await here.DeliverCallbackAsync(callback)).Failure());

        there.Receive(await there.DeliverCallbackAsync(callback));

        Assert.True((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.TokenRequests());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(AbortedAt))]
    public async Task A_delivery_at_the_other_process_after_the_first_was_aborted_is_signed_in_and_keeps_its_tokens(
        DeliveryPoint point, SessionPlace place)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(place));
        await using var farm = await DeliverySite.StartFarmAsync(setup =>
        {
            stop.Configure(setup);
            sessions.Configure(setup);
        });
        var (here, there, callback) = await ConsentAsync(farm);

        await stop.AbortAsync(farm.First, here, callback);
        there.Receive(await there.DeliverCallbackAsync(callback));

        await farm.Second.AssertLiveAsync(there);
        Assert.Equal(1, farm.First.TokenRequests());
        await farm.First.PassAsync(TimeSpan.FromMinutes(3));
        await farm.Second.AssertLiveAsync(there);
        Assert.Empty(farm.First.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_the_other_process_collects_at_the_last_moment_are_kept()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await DeliverySite.StartFarmAsync(stop.Configure);
        var (here, there, callback) = await ConsentAsync(farm);
        await stop.AbortAsync(farm.First, here, callback);
        await farm.First.PassAsync(TimeSpan.FromSeconds(58));

        there.Receive(await there.DeliverCallbackAsync(callback));

        await farm.First.PassAsync(TimeSpan.FromMinutes(3));
        await farm.Second.AssertLiveAsync(there);
        Assert.Empty(farm.First.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_no_process_collects_are_revoked_once(bool bothKnowThem)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await DeliverySite.StartFarmAsync(setup =>
        {
            stop.Configure(setup);

            // The first delivery is aborted; what the application does with any other fails.
            setup.Binance += options => options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault");
        });
        var (here, there, callback) = await ConsentAsync(farm);

        await stop.AbortAsync(farm.First, here, callback);
        if (bothKnowThem)
        {
            Assert.Equal("unknown", (await there.DeliverCallbackAsync(callback)).Failure());
        }

        await farm.First.AssertRevokedBetweenAsync(_revocation.From, _revocation.To);
        await farm.First.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(200, Assert.Single(farm.First.Revocations).Status);
        Assert.Equal(1, farm.First.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_token_request_is_not_repeated_by_the_other_process()
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        var (here, there, callback) = await ConsentAsync(farm);
        farm.First.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));

        var (first, second) = (await here.DeliverCallbackAsync(callback), await there.DeliverCallbackAsync(callback));

        Assert.Equal(("invalid_grant", "invalid_grant"), (first.Failure(), second.Failure()));
        Assert.Equal(1, farm.First.TokenRequests());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_delivery_at_the_other_process_after_the_sign_out_writes_no_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await DeliverySite.StartFarmAsync(sessions.Configure);
        var (here, there, callback) = await ConsentAsync(farm);
        here.Receive(await here.DeliverCallbackAsync(callback));
        await here.GetAsync("/sign-out");

        var response = await there.DeliverCallbackAsync(callback);

        Assert.DoesNotContain(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName && cookie.Value.Length > 0);
        there.Receive(response);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.TokenRequests());
        Assert.Empty(sessions.Entries);
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_browser_is_not_signed_in_by_the_exchange_of_another_process()
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        var (here, _, callback) = await ConsentAsync(farm);
        await here.DeliverCallbackAsync(callback);

        var response = await farm.Second.Browser().DeliverCallbackAsync(callback);

        Assert.Equal("correlation_failed", response.Failure());
        Assert.Null(response.SessionCookie);
        Assert.Equal(1, farm.First.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_signs_in_while_the_lock_and_the_cache_are_unavailable()
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        farm.Locks.Failure = new InvalidOperationException("The lock is unavailable.");
        farm.Store.InsteadOfRead = farm.Store.InsteadOfWrite = () => throw new InvalidOperationException("The cache is unavailable.");

        var browser = await farm.First.SignedInAsync();

        await farm.First.AssertLiveAsync(browser);
        await farm.First.PassAsync(TimeSpan.FromMinutes(3));
        await farm.First.AssertLiveAsync(browser);
        Assert.Empty(farm.First.Revocations);
    }

    private static async Task<(SiteBrowser Here, SiteBrowser There, string Callback)> ConsentAsync(Farm farm)
    {
        var (browser, callback) = await farm.First.ConsentedAsync();
        return (browser, browser.Copy(farm.Second), callback);
    }

    private static async Task AssertOneSessionAsync(
        Farm farm, SiteBrowser here, SiteBrowser there, SiteResponse first, SiteResponse second, bool firstArrivesLast)
    {
        Assert.Equal((null, null), (first.Failure(), second.Failure()));
        here.Receive(first);
        there.Receive(second);
        var (one, other) = (await farm.First.AssertLiveAsync(here), await farm.Second.AssertLiveAsync(there));
        Assert.NotNull(one.SessionId());
        Assert.Equal((one.SessionId(), one.AccessToken), (other.SessionId(), other.AccessToken));
        Assert.Equal(1, farm.First.TokenRequests());

        // The browser has both responses, and the cookie of the last.
        foreach (var process in new[] { farm.First, farm.Second })
        {
            var browser = here.Copy(process);
            browser.Receive(firstArrivesLast ? second : first);
            browser.Receive(firstArrivesLast ? first : second);
            Assert.Equal(one.SessionId(), (await process.AssertLiveAsync(browser)).SessionId());
        }

        Assert.Empty(farm.First.Revocations);
    }
}
