using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;


namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The application's events and overrides in a sign-in that is delivered twice: they run for each delivery, with its own objects.
/// </summary>
public sealed class DeliveryEventTests
{
    [Fact(Timeout = 60_000)]
    public async Task Events_and_overrides_run_once_for_each_delivery()
    {
        var (creating, received) = (new CallCounter(), new CallCounter());
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options =>
        {
            options.Events.OnCreatingTicket = _ => CountAsync(creating);
            options.Events.OnTicketReceived = _ => CountAsync(received);
        });

        await site.DeliverTwiceAsync(site.Browser());

        Assert.Equal((2, 2), (site.Calls().Exchanges.Count, site.Calls().Tickets.Count));
        Assert.Equal((2, 2), (creating.Count, received.Count));
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Data_that_an_event_adds_to_one_delivery_is_not_in_the_other()
    {
        var deliveries = 0;
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.Events.OnCreatingTicket = context =>
        {
            var own = $"own-{Interlocked.Increment(ref deliveries)}";
            context.Identity!.AddClaim(new Claim(own, "yes"));
            context.Properties.Items[own] = "yes";
            return Task.CompletedTask;
        });
        var (one, other) = (site.Browser(), site.Browser());

        var (first, second) = await site.DeliverTwiceAsync(one);
        one.Receive(first);
        other.Receive(second);

        var sessions = new[] { await site.AssertLiveAsync(one), await site.AssertLiveAsync(other) };
        Assert.Equal(["own-1", "own-2"], sessions.Select(session => Assert.Single(session.Claims, claim => IsOwn(claim.Type)).Type).Order());
        Assert.All(sessions, session => Assert.Equal(session.Claims.Select(claim => claim.Type).Where(IsOwn), session.Items.Keys.Where(IsOwn)));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_event_sees_the_responses_of_an_exchange_whose_first_delivery_is_complete()
    {
        var seen = new ConcurrentQueue<(string? AccessToken, string? UserId)>();
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.Events.OnCreatingTicket = context =>
        {
            var token = context.TokenResponse.Response!.RootElement.GetProperty("access_token").GetString();
            seen.Enqueue((token, context.User.GetProperty("userId").GetString()));
            return Task.CompletedTask;
        });
        var (browser, callback) = await site.ConsentedAsync();

        await browser.DeliverCallbackAsync(callback);
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        var session = await site.AssertLiveAsync(browser);
        Assert.Equal([(session.AccessToken, session.UserId), (session.AccessToken, session.UserId)], seen);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeliveryPoint.CreatingTicket)]
    [InlineData(DeliveryPoint.TicketReceived)]
    public async Task An_event_that_throws_in_one_delivery_leaves_the_other_signed_in(DeliveryPoint point)
    {
        var passed = 0;
        Task ThrowOnce(DeliveryPoint at) => at == point && Interlocked.Increment(ref passed) == 1 ? throw new InvalidDataException("own fault") : Task.CompletedTask;
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options =>
        {
            options.Events.OnCreatingTicket = _ => ThrowOnce(DeliveryPoint.CreatingTicket);
            options.Events.OnTicketReceived = _ => ThrowOnce(DeliveryPoint.TicketReceived);
        });
        var (browser, callback) = await site.ConsentedAsync();

        var failed = await browser.DeliverCallbackAsync(callback);
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        Assert.Equal("unknown", failed.Failure());
        await site.AssertLiveAsync(browser);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    private static bool IsOwn(string name) => name.StartsWith("own-", StringComparison.Ordinal);

    private static Task CountAsync(CallCounter counter)
    {
        counter.Add();
        return Task.CompletedTask;
    }
}
