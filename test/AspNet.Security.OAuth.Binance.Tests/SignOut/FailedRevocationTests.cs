using System.Net;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class FailedRevocationTests
{
    [Theory]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"data\":false,\"success\":false}")]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"data\":false,\"success\":true}")]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"data\":null,\"success\":true}")]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"data\":\"true\",\"success\":true}")]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"success\":true}")]
    [InlineData(200, "{\"code\":\"000001\",\"message\":null,\"data\":true,\"success\":true}")]
    [InlineData(200, "{\"code\":\"000000\",\"message\":null,\"data\":true}")]
    [InlineData(200, "")]
    [InlineData(200, "<html>Please wait</html>")]
    [InlineData(200, "[]")]
    [InlineData(204, "")]
    [InlineData(302, "")]
    [InlineData(400, "{}")]
    [InlineData(401, Answers.Revoked)]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(503, Answers.Revoked)]
    public async Task A_revocation_that_was_not_confirmed_is_one_warning_and_nothing_for_the_user(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.RevocationPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.Single(binance.Revocations);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"code\":")]
    [InlineData("this is not HTTP\r\n\r\n")]
    public async Task A_connection_that_breaks_is_one_warning_and_nothing_for_the_user(string answer)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(answer);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevocationEndpoint = server.Url);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task An_answer_that_quotes_the_token_does_not_get_it_into_the_log()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer($"Bearer {Answers.AccessToken}\r\n\r\n");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevocationEndpoint = server.Url);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.DoesNotContain(Answers.AccessToken, site.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backchannel_that_throws_anything_is_one_warning_and_nothing_for_the_user()
    {
        using var binance = new BinanceStub();
        using var handler = new FaultyHandler();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.BackchannelHttpHandler = handler);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.DoesNotContain(Answers.AccessToken, site.LogText, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public Task A_server_that_never_answers_holds_a_sign_out_for_the_revocation_timeout()
        => ExpectTimeoutAsync(TimeSpan.FromSeconds(5), _ => { }, RawServer.HangAsync, static (server, _) => server.FirstRequest);

    [Fact(Timeout = 60_000)]
    public Task A_server_that_stops_in_the_middle_holds_a_sign_out_for_the_revocation_timeout()
        => ExpectTimeoutAsync(
            TimeSpan.FromSeconds(1.5),
            options => options.RevocationTimeout = TimeSpan.FromSeconds(1.5),
            static async (request, stream, stop) =>
            {
                await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"code\":", stop);
                await RawServer.HangAsync(request, stream, stop);
            },
            static (_, signal) => signal.FirstHead);

    private static async Task ExpectTimeoutAsync(
        TimeSpan timeout, Action<BinanceAuthenticationOptions> configure, RawAnswer answer, Func<RawServer, AnswerSignal, Task> moment)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(answer);
        using var signal = new AnswerSignal(server.Url);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.BackchannelHttpHandler = signal;

            // Too long for a timeout by the real clock to be the one that is seen.
            options.BackchannelTimeout = TimeSpan.FromHours(1);
            options.RevocationEndpoint = server.Url;
            configure(options);
        });

        var signOut = ExpectSignedOutWithAWarningAsync(site);
        await moment(server, signal);
        await site.Time.WaiterFor(timeout);
        site.Time.Advance(timeout - TimeSpan.FromTicks(1));
        Assert.False(signOut.IsCompleted);
        site.Time.Advance(TimeSpan.FromTicks(1));

        await signOut;
        Assert.Equal(1, server.Requests);
    }

    private static async Task ExpectSignedOutWithAWarningAsync(TestSite site)
    {
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);

        using var response = await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance&to=/bye");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/bye", response.Headers.Location!.OriginalString);
        Assert.Empty(browser.Cookies);
        var record = Assert.Single(site.Logs, log => log.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Equal("RevocationFailed", record.Id.Name);
    }

    private sealed class FaultyHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => request.RequestUri!.AbsolutePath == BinanceStub.RevocationPath
                ? throw new InvalidDataException($"no idea what to do with {request.Headers.Authorization}")
                : base.SendAsync(request, cancellationToken);
    }
}
