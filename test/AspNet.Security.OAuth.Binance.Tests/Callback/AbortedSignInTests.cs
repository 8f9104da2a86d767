namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class AbortedSignInTests
{
    [Fact(Timeout = 60_000)]
    public Task A_browser_that_goes_away_during_the_exchange_is_a_cancellation_and_no_failed_sign_in()
        => ExpectCancellationAsync(static (options, url) => options.TokenEndpoint = url);

    [Fact(Timeout = 60_000)]
    public Task A_browser_that_goes_away_during_user_info_is_a_cancellation_and_no_failed_sign_in()
        => ExpectCancellationAsync(static (options, url) => options.UserInformationEndpoint = url);

    [Fact(Timeout = 60_000)]
    public Task Without_a_failure_path_it_is_the_same()
        => ExpectCancellationAsync(static (options, url) =>
        {
            options.TokenEndpoint = url;
            options.FailurePath = default;
        });

    [Fact]
    public async Task A_request_whose_time_is_over_after_the_sign_in_was_accepted_is_a_sign_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived = context =>
        {
            context.HttpContext.RequestAborted = new CancellationToken(canceled: true);
            return Task.CompletedTask;
        });
        var browser = new SiteBrowser(site);

        using var answer = await browser.SignInAsync();

        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(Answers.UserId, (await browser.SessionAsync()).UserId);
    }

    private static async Task ExpectCancellationAsync(Action<BinanceAuthenticationOptions, string> configure)
    {
        using var binance = new BinanceStub();
        using var gone = new CancellationTokenSource();
        await using var server = new RawServer(RawServer.HangAsync);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => configure(options, server.Url));
        var browser = new SiteBrowser(site) { Aborted = gone.Token };

        var signIn = browser.SignInAsync();
        await server.FirstRequest;
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        var exception = await site.Exceptions.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.IsAssignableFrom<OperationCanceledException>(exception);
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignInFailed");
        Assert.Empty(site.Failures);
        Assert.Equal(1, server.Requests);
    }
}
