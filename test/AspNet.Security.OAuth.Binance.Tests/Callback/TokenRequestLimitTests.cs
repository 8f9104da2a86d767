using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Callbacks with genuine states at once: a scheme sends at most 16 codes at a time.
/// </summary>
public sealed class TokenRequestLimitTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_seventeenth_sign_in_is_unavailable_at_its_deadline_and_its_code_is_not_sent()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (browser, callback) = await site.ConsentedAsync();

        var delivery = await site.ArriveAsync(browser, callback);
        await site.PassAsync(TimeSpan.FromSeconds(9));
        Assert.False(delivery.IsCompleted);
        await site.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("unavailable", (await delivery).Failure());
        Assert.Equal(HeldTokenRequests.Limit, requests.Started.Count);
        requests.ReleaseAll();
        await site.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(site.TokenRequestsOf(callback));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_seventeenth_sign_in_continues_when_another_one_ends()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        var others = await requests.FillAsync(site, HeldTokenRequests.Limit);
        var browser = site.Browser();
        var delivery = await site.ArriveAsync(browser, await browser.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(HeldTokenRequests.Limit, requests.Started.Count);

        var started = requests.Started.Next(1);
        requests.ReleaseOne();
        await started;
        await Task.WhenAny(others);
        Assert.Equal(HeldTokenRequests.Limit + 1, requests.Started.Count);
        requests.ReleaseAll();

        browser.Receive(await delivery);
        await site.AssertLiveAsync(browser);
        Assert.All((await Task.WhenAll(others)).Select(response => response.Failure()), Assert.Null);
        Assert.Equal(HeldTokenRequests.Limit, requests.MostAtOnce);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_that_was_not_sent_is_sent_by_a_later_delivery(bool isAborted)
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (browser, callback) = await site.ConsentedAsync();
        if (isAborted)
        {
            await site.AbortAfterArrivalAsync(browser, callback);
        }
        else
        {
            var first = await site.ArriveAsync(browser, callback);
            await site.PassAsync(TimeSpan.FromSeconds(10));
            Assert.Equal("unavailable", (await first).Failure());
        }

        requests.ReleaseAll();
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        await site.AssertLiveAsync(browser);
        Assert.Equal(200, Assert.Single(site.TokenRequestsOf(callback)).Status);
        await site.PassAsync(TimeSpan.FromMinutes(2));
        await site.AssertLiveAsync(browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_code_that_was_not_sent_is_sent_by_a_delivery_after_the_wait_of_an_aborted_one()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (browser, callback) = await site.ConsentedAsync();
        await site.AbortAfterArrivalAsync(browser, callback);
        await site.PassAsync(TimeSpan.FromSeconds(11));

        requests.ReleaseAll();
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        await site.AssertLiveAsync(browser);
        Assert.Equal(200, Assert.Single(site.TokenRequestsOf(callback)).Status);
    }

    // The wait is remembered for a minute, and its end must not be that of the later outcome.
    [Fact(Timeout = 60_000)]
    public async Task A_code_that_a_later_delivery_sent_is_not_sent_again_a_minute_after_the_wait()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (browser, callback) = await site.ConsentedAsync();
        var first = await site.ArriveAsync(browser, callback);
        await site.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("unavailable", (await first).Failure());
        requests.ReleaseAll();
        await site.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Null((await browser.DeliverCallbackAsync(callback)).Failure());

        await site.PassAsync(TimeSpan.FromSeconds(45));
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        await site.AssertLiveAsync(browser);
        Assert.Single(site.TokenRequestsOf(callback));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wait_that_ended_at_its_deadline_does_not_raise_the_limit()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (early, late) = (site.Browser(), site.Browser());
        var ended = await site.ArriveAsync(early, await early.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("unavailable", (await ended).Failure());

        var waiting = await site.ArriveAsync(late, await late.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(HeldTokenRequests.Limit, requests.Started.Count);
        requests.ReleaseAll();
        late.Receive(await waiting);
        await site.AssertLiveAsync(late);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exchanges_whose_deliveries_were_aborted_still_count()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        using var closing = new CancellationTokenSource();
        var aborted = await requests.FillUntilAsync(site, HeldTokenRequests.Limit, closing.Token);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(aborted));
        var browser = site.Browser();

        var delivery = await site.ArriveAsync(browser, await browser.ConsentAsync());
        await site.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("unavailable", (await delivery).Failure());
        Assert.Equal(HeldTokenRequests.Limit, requests.MostAtOnce);
        requests.ReleaseAll();
    }

    [Fact(Timeout = 60_000)]
    public async Task Deliveries_of_one_sign_in_count_once()
    {
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        var (other, browser) = (site.Browser(), site.Browser());
        var (many, one) = (await other.ConsentAsync(), await browser.ConsentAsync());
        var arrived = site.Calls().Exchanges.Next(HeldTokenRequests.Limit * 2);
        var deliveries = Enumerable.Range(0, HeldTokenRequests.Limit * 2).Select(_ => other.DeliverCallbackAsync(many)).ToArray();
        await arrived;

        var started = requests.Started.Next(1);
        var delivery = browser.DeliverCallbackAsync(one);
        await started;
        requests.ReleaseAll();

        browser.Receive(await delivery);
        await site.AssertLiveAsync(browser);
        Assert.All((await Task.WhenAll(deliveries)).Select(response => response.Failure()), Assert.Null);
        Assert.Equal(2, requests.Started.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_scheme_has_its_own_limit()
    {
        var (requests, other) = (new HeldTokenRequests(), new HeldTokenRequests());
        await using var site = await StartAsync(requests, setup => setup.Authentication
            = builder => builder.AddSecondBinance(setup.Server, configure: options => options.BackchannelHttpHandler = other));
        site.AddSecondClient();
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        other.ReleaseAll();
        var browser = site.Browser();

        await browser.SignInAsync(scheme: "Second");

        await site.AssertLiveAsync(browser);
        requests.ReleaseAll();
    }

    [Fact(Timeout = 60_000)]
    public async Task Three_hundred_invented_codes_at_once_are_sent_sixteen_at_a_time()
    {
        const int Callbacks = 300;
        var requests = new HeldTokenRequests();
        await using var site = await StartAsync(requests);
        List<(SiteBrowser Browser, string Callback)> forged = [];
        for (var i = 0; i < Callbacks; i++)
        {
            var browser = site.Browser();
            var state = new AuthorizeRequest((await browser.GetAsync("/login")).Location!).State;
            forged.Add((browser, $"/signin-binance?code=invented{i:d3}&state={Uri.EscapeDataString(state)}"));
        }

        var arrived = site.Calls().Exchanges.Next(Callbacks);
        var deliveries = forged.Select(each => each.Browser.DeliverCallbackAsync(each.Callback)).ToArray();
        await arrived;
        await site.PassAsync(TimeSpan.FromSeconds(1));
        var started = requests.Started.Count;
        requests.ReleaseAll();

        Assert.All((await Task.WhenAll(deliveries)).Select(response => response.Failure()), failure => Assert.Equal("invalid_grant", failure));
        Assert.Equal((HeldTokenRequests.Limit, HeldTokenRequests.Limit), (started, requests.MostAtOnce));
        Assert.Equal(Callbacks, site.TokenRequests());
    }

    private static Task<TestSite> StartAsync(HeldTokenRequests requests, Action<SiteSetup>? configure = null) => DeliverySite.StartAsync(setup =>
    {
        configure?.Invoke(setup);
        setup.Binance = options => options.BackchannelHttpHandler = requests;
    });
}
