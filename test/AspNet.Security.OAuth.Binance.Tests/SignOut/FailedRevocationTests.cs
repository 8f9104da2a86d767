using System.Net;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

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
    [InlineData(401, Responses.Revoked)]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(503, Responses.Revoked)]
    public async Task Unconfirmed_revocation_is_one_warning_and_the_user_is_signed_out(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.RevocationPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.Single(binance.Revocations);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"code\":")]
    [InlineData("this is not HTTP\r\n\r\n")]
    public async Task Broken_connection_is_one_warning_and_the_user_is_signed_out(string response)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(response);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevocationEndpoint = server.Url);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Response_that_repeats_the_token_is_not_logged()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer($"Bearer {Responses.AccessToken}\r\n\r\n");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevocationEndpoint = server.Url);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.DoesNotContain(Responses.AccessToken, site.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_of_the_backchannel_is_one_warning_and_the_user_is_signed_out()
    {
        using var binance = new BinanceStub();
        using var handler = new FaultyHandler();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.BackchannelHttpHandler = handler);

        await ExpectSignedOutWithAWarningAsync(site);

        Assert.DoesNotContain(Responses.AccessToken, site.LogText, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public Task Sign_out_waits_until_RevocationTimeout_for_a_server_that_does_not_respond()
        => ExpectTimeoutAsync(TimeSpan.FromSeconds(5), _ => { }, RawServer.HangAsync, static (server, _) => server.FirstRequest);

    // Half of the time limit is longer than the second that passes by itself here: the search for the newest tokens has that half.
    [Fact(Timeout = 60_000)]
    public Task Sign_out_waits_until_RevocationTimeout_for_a_response_that_stops()
        => ExpectTimeoutAsync(
            TimeSpan.FromSeconds(2.5),
            options => options.RevocationTimeout = TimeSpan.FromSeconds(2.5),
            static async (request, stream, stop) =>
            {
                await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"code\":", stop);
                await RawServer.HangAsync(request, stream, stop);
            },
            static (_, signal) => signal.FirstHead);

    private static async Task ExpectTimeoutAsync(
        TimeSpan timeout, Action<BinanceAuthenticationOptions> configure, RawResponse response, Func<RawServer, ResponseSignal, Task> moment)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(response);
        using var signal = new ResponseSignal(server.Url);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.BackchannelHttpHandler = signal;

            // HttpClient's own timeout uses the system's clock, and must not end the call.
            options.BackchannelTimeout = TimeSpan.FromHours(1);
            options.RevocationEndpoint = server.Url;
            configure(options);
        });

        var signOut = ExpectSignedOutWithAWarningAsync(site);
        await moment(server, signal);
        await site.Clock.FirstTimer(timeout);
        site.Clock.Advance(timeout - TimeSpan.FromTicks(1));
        Assert.False(signOut.IsCompleted);
        site.Clock.Advance(TimeSpan.FromTicks(1));

        await signOut;
        Assert.Equal(1, server.Requests);
    }

    private static async Task ExpectSignedOutWithAWarningAsync(TestSite site)
    {
        var browser = site.Browser();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);

        var response = await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance&to=/bye");

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/bye", response.Location!.OriginalString);
        Assert.Empty(browser.Jar.Cookies);
        var record = Assert.Single(site.Logs, log => log.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Equal("RevocationFailed", record.Id.Name);
    }

    private sealed class FaultyHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => request.RequestUri!.AbsolutePath == BinanceStub.RevocationPath
                ? throw new InvalidDataException($"cannot send {request.Headers.Authorization}")
                : base.SendAsync(request, cancellationToken);
    }
}
