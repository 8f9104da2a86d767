
namespace AspNet.Security.OAuth.Binance.Tests.Callback;

public sealed class AbortedSignInTests
{
    [Fact(Timeout = 60_000)]
    public Task A_request_that_is_aborted_during_the_exchange_is_cancelled_and_not_a_failed_sign_in()
        => ExpectCancellationAsync(static (options, url) => options.TokenEndpoint = url);

    [Fact(Timeout = 60_000)]
    public Task A_request_that_is_aborted_during_user_info_is_cancelled_and_not_a_failed_sign_in()
        => ExpectCancellationAsync(static (options, url) => options.UserInformationEndpoint = url);

    [Fact(Timeout = 60_000)]
    public Task An_aborted_request_is_cancelled_without_a_failure_path_too()
        => ExpectCancellationAsync(static (options, url) =>
        {
            options.TokenEndpoint = url;
            options.FailurePath = default;
        });

    [Fact]
    public async Task A_request_that_times_out_after_the_sign_in_was_accepted_is_a_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived = context =>
        {
            context.HttpContext.RequestAborted = new CancellationToken(canceled: true);
            return Task.CompletedTask;
        });
        var browser = site.Browser();

        var response = await browser.SignInAsync();

        Assert.Equal(System.Net.HttpStatusCode.Redirect, response.Status);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync()).UserId);
    }

    private static async Task ExpectCancellationAsync(Action<BinanceAuthenticationOptions, string> configure)
    {
        using var binance = new BinanceStub();
        using var aborted = new CancellationTokenSource();
        await using var server = new RawServer(RawServer.HangAsync);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => configure(options, server.Url));
        var browser = site.BrowserUntil(aborted.Token);

        var signIn = browser.SignInAsync();
        await server.FirstRequest;
        await aborted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        var exception = await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.IsAssignableFrom<OperationCanceledException>(exception);
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignInFailed");
        Assert.Empty(site.Failures);
        Assert.Equal(1, server.Requests);
    }
}
