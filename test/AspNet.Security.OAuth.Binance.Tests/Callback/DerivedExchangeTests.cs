using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A derived handler whose <c>ExchangeCodeAsync</c> calls that of its base class late, slowly, more than once, or with something else.
/// </summary>
public sealed class DerivedExchangeTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_code_with_another_verifier_or_redirect_uri_is_another_exchange(bool isVerifier)
    {
        await using var site = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            Assert.Null((await exchange(context)).Error);
            if (isVerifier)
            {
                context.Properties.Items[OAuthConstants.CodeVerifierKey] = "another-verifier-of-at-least-forty-three-characters";
            }

            return await exchange(isVerifier ? context : new(context.Properties, context.Code, context.RedirectUri + "/elsewhere"));
        });
        var browser = site.Browser();

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal("invalid_grant", response.Failure());
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_of_a_code_that_was_exchanged_twice_are_revoked_when_nobody_is_signed_in()
    {
        await using var site = await OwnExchange.StartAsync(
            async (context, exchange) =>
            {
                using var first = await exchange(context);
                return await exchange(context);
            },
            static options => options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault"));
        var browser = site.Browser();

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal("unknown", response.Failure());
        Assert.Equal(1, site.TokenRequests());
        await site.PassUntilRevokedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_exchange_that_returns_after_the_deadline_is_a_timeout()
    {
        TestSite? own = null;
        await using var site = own = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            var tokens = await exchange(context);
            own!.Clock.Pass(_deadline + TimeSpan.FromSeconds(1));
            return tokens;
        });
        var browser = site.Browser();

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal("timeout", response.Failure());
    }

    // The wait for the other sign-ins begins later than the delivery, and ends later.
    [Fact(Timeout = 60_000)]
    public async Task A_code_that_is_given_up_while_it_waits_is_sent_by_the_next_delivery_alone()
    {
        var (requests, open) = (new HeldTokenRequests(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var (calls, late) = (new CallCounter(), false);
        await using var site = await OwnExchange.StartAsync(
            async (context, exchange) =>
            {
                calls.Add();
                if (late)
                {
                    late = false;
                    await open.Task;
                }

                return await exchange(context);
            },
            options => options.BackchannelHttpHandler = requests);
        await requests.FillAsync(site, HeldTokenRequests.Limit);
        var (browser, callback) = await site.ConsentedAsync();
        (late, var arrived) = (true, calls.Next(1));
        var first = browser.DeliverCallbackAsync(callback);
        await arrived;
        await site.PassAsync(TimeSpan.FromSeconds(3));
        var remaining = _deadline - TimeSpan.FromSeconds(3);
        var waiting = site.Clock.NextTimer(remaining);
        open.SetResult();
        await waiting;
        await site.PassAsync(remaining);
        Assert.Equal("unavailable", (await first).Failure());

        waiting = site.Clock.NextTimer(_deadline);
        var second = browser.DeliverCallbackAsync(callback);
        await waiting;
        requests.ReleaseAll();
        browser.Receive(await second);

        await site.AssertLiveAsync(browser);
        Assert.Single(site.TokenRequestsOf(callback));
    }

    // It has its tokens before the outcome of the exchange is removed, and needs the user after the request of the first delivery has ended.
    [Fact(Timeout = 60_000)]
    public async Task A_user_request_that_ended_after_a_minute_is_made_again_by_a_delivery_in_progress()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = false;
        await using var site = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            var tokens = await exchange(context);
            if (waits)
            {
                waits = false;
                reached.SetResult();
                await open.Task;
            }

            return tokens;
        });
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        var first = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(55));
        Assert.Equal("timeout", (await first).Failure());

        waits = true;
        var slow = browser.DeliverCallbackAsync(callback);
        await reached.Task;
        var waiting = site.Clock.NextTimer(_deadline);
        var other = browser.DeliverCallbackAsync(callback);
        await waiting;
        await site.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("timeout", (await other).Failure());
        hold.Release();
        open.SetResult();
        browser.Receive(await slow);

        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }
}
