using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A sign-in that fails, and whose callback is delivered again.
/// </summary>
public sealed class FailedDeliveryTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(400, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(401, """{"error":"invalid_client"}""", "invalid_client")]
    [InlineData(200, "[]", "invalid_response")]
    [InlineData(503, "", "unavailable")]
    public async Task A_failed_token_request_is_not_repeated(int status, string body, string failure)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body, status));

        var first = await browser.DeliverCallbackAsync(callback);
        await site.PassAsync(TimeSpan.FromSeconds(59));
        var second = await browser.DeliverCallbackAsync(callback);

        Assert.Equal((failure, failure), (first.Failure(), second.Failure()));
        Assert.Equal(1, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_token_request_fails_all_deliveries_that_wait_for_it()
    {
        await using var site = await DeliverySite.StartAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.CutConnection);

        var (first, second) = await site.DeliverTwiceAsync(site.Browser());

        Assert.Equal(("unavailable", "unavailable"), (first.Failure(), second.Failure()));
        Assert.Equal(1, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_request_that_failed_temporarily_is_repeated_by_the_next_delivery_with_the_same_token()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503), times: 2);

        // The client itself repeats the request once, after 200 ms.
        var pause = site.Clock.NextTimer(TimeSpan.FromMilliseconds(200));
        var first = browser.DeliverCallbackAsync(callback);
        await pause;
        site.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("unavailable", (await first).Failure());
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        await site.AssertLiveAsync(browser);
        Assert.Equal((1, 3), (site.TokenRequests(), site.UserRequests()));
        Assert.Single(site.Emulator.Requests.To(EmulatorEndpoint.UserInfo).Select(request => request.Authorization).Distinct());
        await site.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_request_that_is_refused_is_not_repeated()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "No."));

        var first = await browser.DeliverCallbackAsync(callback);
        var second = await browser.DeliverCallbackAsync(callback);

        Assert.Equal(("api_error", "api_error"), (first.Failure(), second.Failure()));
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task After_a_failure_a_new_sign_in_of_the_same_browser_succeeds(EmulatorEndpoint endpoint)
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        site.Emulator.Faults.Next(endpoint, EmulatorFault.Body("[]"));
        browser.Receive(await browser.DeliverCallbackAsync(await browser.ConsentAsync()));

        await browser.SignInAsync();

        await site.AssertLiveAsync(browser);
        Assert.Equal(2, site.TokenRequests());
    }
}
