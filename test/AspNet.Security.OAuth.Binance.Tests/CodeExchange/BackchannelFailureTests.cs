using System.Globalization;
using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class BackchannelFailureTests
{
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_of_the_token_endpoint_is_never_followed(int status)
    {
        using var elsewhere = new BinanceStub();
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, RedirectTo(elsewhere, BinanceStub.TokenPath, status));
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
        Assert.Equal(status, failure.StatusCode);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_of_user_info_is_never_followed(int status)
    {
        using var elsewhere = new BinanceStub();
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, RedirectTo(elsewhere, BinanceStub.UserPath, status));
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact(Timeout = 60_000)]
    public Task A_server_that_never_answers_is_a_timeout() => ExpectTimeoutAsync(RawServer.HangAsync, static (server, _) => server.FirstRequest);

    [Fact(Timeout = 60_000)]
    public Task A_server_that_stops_in_the_middle_of_its_answer_is_a_timeout()
        => ExpectTimeoutAsync(
            static async (request, stream, stop) =>
            {
                await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"access_token\":", stop);
                await RawServer.HangAsync(request, stream, stop);
            },
            static (_, signal) => signal.FirstHead);

    [Fact(Timeout = 60_000)]
    public async Task User_info_that_never_answers_is_a_timeout_and_is_not_asked_again()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(RawServer.HangAsync);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.UserInformationEndpoint = server.Url;
            options.BackchannelTimeout = TimeSpan.FromHours(1);
        });

        var signIn = site.FailToSignInAsync();
        await server.FirstRequest;
        site.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(BinanceFailure.Timeout, (await signIn).Failure);
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"access_token\":")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc\r\n")]
    [InlineData("this is not HTTP\r\n\r\n")]
    public async Task A_connection_that_breaks_is_unavailable_and_the_code_is_not_sent_again(string answer)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(answer);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = server.Url);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        Assert.Null(failure.StatusCode);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var binance = new BinanceStub();
        string gone;
        await using (var server = new RawServer(string.Empty))
        {
            gone = server.Url;
        }

        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.TokenEndpoint = gone);

        Assert.Equal(BinanceFailure.Unavailable, (await site.FailToSignInAsync()).Failure);
    }

    [Fact]
    public async Task A_backchannel_of_the_applications_own_is_used()
    {
        using var binance = new BinanceStub();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Partner", "seven");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Backchannel = client);

        using var response = await new SiteBrowser(site).SignInAsync();

        Assert.All(binance.Requests, request => Assert.Equal("seven", Assert.Single(request.Headers!["X-Partner"])));
        Assert.Equal(2, binance.Requests.Count);
    }

    private static async Task ExpectTimeoutAsync(RawAnswer answer, Func<RawServer, AnswerSignal, Task> moment)
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer(answer);
        using var signal = new AnswerSignal(server.Url);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.BackchannelHttpHandler = signal;

            // Too long for a timeout by the real clock to be the one that is seen.
            options.TokenEndpoint = server.Url;
            options.BackchannelTimeout = TimeSpan.FromHours(1);
        });

        var signIn = site.FailToSignInAsync();
        await moment(server, signal);
        site.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.False(signIn.IsCompleted);
        site.Time.Advance(TimeSpan.FromTicks(1));

        var failure = await signIn;
        Assert.Equal(BinanceFailure.Timeout, failure.Failure);
        Assert.Null(failure.StatusCode);
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData("HttpClientHandler")]
    [InlineData("SocketsHttpHandler")]
    [InlineData("DelegatingHandler")]
    public async Task A_redirect_is_not_followed_with_an_application_s_own_handler_either(string kind)
    {
        using var elsewhere = new BinanceStub();
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, RedirectTo(elsewhere, BinanceStub.TokenPath, 307));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.BackchannelHttpHandler = kind switch
        {
            "HttpClientHandler" => new HttpClientHandler(),
            "SocketsHttpHandler" => new SocketsHttpHandler(),
            _ => new PassingHandler { InnerHandler = new HttpClientHandler() },
        });

        Assert.Equal(BinanceFailure.InvalidResponse, (await site.FailToSignInAsync()).Failure);
        Assert.Empty(elsewhere.Requests);
    }

    private sealed class PassingHandler : DelegatingHandler;

    private static IResponseBuilder RedirectTo(BinanceStub elsewhere, string path, int status)
        => Response.Create().WithStatusCode(status.ToString(CultureInfo.InvariantCulture))
            .WithHeader("Location", new Uri(elsewhere.Address, path).ToString());
}
