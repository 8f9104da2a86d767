using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The sessions of a browser when the application signs in, waits or throws during a delivery, and when tokens or sessions are newer than
/// the delivery.
/// </summary>
public sealed class SessionsOfADeliveryTests
{
    public static MatrixTheoryData<int, SessionPlace> SecondsAndPlaces => new([5, 25], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 60_000)]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)] // In a store of the application's own, the framework has put the new ticket under the old key by then.
    public async Task A_session_is_not_replaced_by_the_applications_own_sign_in_when_the_delivery_fails_after_it(SessionPlace place)
    {
        var fails = false;
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = async context =>
            {
                if (fails)
                {
                    await SignInAsync(context);
                    throw new InvalidDataException("own fault");
                }
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        var before = await site.AssertLiveAsync(browser);

        fails = true;
        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());
        browser.Receive(response);
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.Equal("unknown", response.Failure());
        Assert.Equal(before.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_applications_own_sign_in_before_that_of_the_handler_leaves_one_session(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = SignInAsync;
            sessions.Configure(setup);
        });

        var browser = await site.SignedInAsync();

        await site.AssertLiveAsync(browser);
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_delivery_that_ends_long_after_its_sign_in_does_not_change_the_cookie_of_a_later_session(SessionPlace place)
    {
        var deliveries = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = async context =>
            {
                if (Interlocked.Increment(ref deliveries) == 1)
                {
                    await SignInAsync(context);
                    reached.SetResult();
                    await released.Task;
                    context.Response.Redirect("/");
                    context.HandleResponse();
                }
            };
            new SessionStorage(place).Configure(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();
        var late = browser.DeliverCallbackAsync(callback);
        await reached.Task;
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);

        released.SetResult();
        browser.Receive(await late);
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
    }

    // The outcome of the refresh is kept for half of the new token's life.
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SecondsAndPlaces))]
    public async Task A_delivery_that_completes_after_its_tokens_were_refreshed_leaves_the_session_live(int secondsAfter, SessionPlace place)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            stop.Configure(setup);
            setup.Binance += options => options.BackchannelHttpHandler = new ShortLivedTokens();
            new SessionStorage(place).Configure(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();
        var late = await stop.DeliverAsync(site, browser, callback);
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await site.PassAsync(TimeSpan.FromSeconds(25));
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.RefreshCalls);
        await site.PassAsync(TimeSpan.FromSeconds(secondsAfter));

        stop.Release();
        browser.Receive(await late);

        await site.AssertLiveAsync(browser);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_stored_session_of_a_delivery_that_completes_after_the_sign_out_is_removed(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        var stop = new DeliveryStop(DeliveryPoint.SignedIn);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            stop.Configure(setup);
            sessions.Configure(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();
        var late = await stop.DeliverAsync(site, browser, callback);
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await browser.GetAsync("/sign-out");

        stop.Release();
        await late;

        Assert.Empty(sessions.Entries);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_that_carries_the_cookie_of_the_first_one_leaves_the_session_live()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        var session = await site.AssertLiveAsync(browser);
        again.Jar.Add(browser.SessionCookie);

        again.Receive(await again.DeliverCallbackAsync(callback));

        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(again)).SessionId());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_late_delivery_whose_response_the_application_sends_itself_does_not_change_the_cookie_of_a_later_session()
    {
        var responds = false;
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.Events.OnTicketReceived = async context =>
        {
            if (responds)
            {
                await SignInAsync(context);
                await context.Response.WriteAsync("signed in");
                await context.Response.Body.FlushAsync();
                context.HandleResponse();
            }
        });
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);
        responds = true;

        var response = await again.DeliverCallbackAsync(callback);

        Assert.Equal("signed in", response.Body);
        Assert.Null(response.SessionCookie);
        browser.Receive(response);
        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
    }

    // The token is due at minute 55, after the challenge.
    [Fact(Timeout = 60_000)]
    public async Task A_delivery_that_refreshes_the_earlier_session_signs_in_and_fails_keeps_that_session()
    {
        var fails = false;
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.Events.OnTicketReceived = async context =>
        {
            if (fails)
            {
                await context.HttpContext.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                await SignInAsync(context);
                throw new InvalidDataException("own fault");
            }
        });
        var browser = await site.SignedInAsync();
        var before = await site.AssertLiveAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(54.75));
        var callback = await browser.ConsentAsync();
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        fails = true;

        var response = await browser.DeliverCallbackAsync(callback);
        browser.Receive(response);

        Assert.Equal("unknown", response.Failure());
        Assert.Equal(before.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_delivery_that_fails_after_its_session_was_stored_leaves_no_entry(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnSignedIn = _ => throw new InvalidDataException("own fault");
            sessions.Configure(setup);
        });
        var (browser, callback) = await site.ConsentedAsync();

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal("unknown", response.Failure());
        Assert.Empty(sessions.Entries);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_that_fails_before_or_after_a_sign_in_without_tokens_sets_no_cookie(bool hasSignedIn)
    {
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = options =>
            {
                options.SaveTokens = options.RevokeOnSignOut = options.AutomaticRefresh = false;
                options.Events.OnTicketReceived = _ => hasSignedIn ? Task.CompletedTask : throw new InvalidDataException("own fault");
            };
            setup.Cookie = cookie => cookie.Events.OnSignedIn = _ => throw new InvalidDataException("own fault");
        });
        var (browser, callback) = await site.ConsentedAsync();

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal("unknown", response.Failure());
        Assert.Null(response.SessionCookie);
    }

    private static Task SignInAsync(TicketReceivedContext context)
        => context.HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!, context.Properties);

    /// <summary>Sets <c>expires_in</c> of each access token to 40 seconds.</summary>
    private sealed class ShortLivedTokens() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Content = new StringContent(body.Replace("\"expires_in\":3600", "\"expires_in\":40", StringComparison.Ordinal));
            return response;
        }
    }
}
