using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A refresh that fails without a refusal keeps the session, and is not retried for 30 seconds.
/// </summary>
public sealed class ServerUnavailableTests
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Failures => [.. _faults.Keys];

    private static readonly Dictionary<string, EmulatorFault> _faults = new()
    {
        ["503"] = EmulatorFault.Status(503),
        ["403 of a gateway"] = EmulatorFault.Status(403),
        ["a cut connection"] = EmulatorFault.CutConnection,
        ["no access token"] = EmulatorFault.Body("""{"token_type":"bearer"}"""),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failed_refresh_keeps_the_session_and_is_retried_after_30_seconds(string fault)
    {
        await using var site = await TestSite.StartAsync();

        // Some of these faults lose the response of a completed refresh. A rotating server would refuse the next one.
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, _faults[fault]);

        var responses = await browser.SendManyAsync(50);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.All(responses, response => Assert.Equal(before.Items, response.Session.Items));
        Assert.All(responses, response => Assert.Null(response.SessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Single(site.Logged(LogLevel.Warning));
        Assert.Empty(site.Logged(LogLevel.Error));

        site.Clock.Pass(_pause - TimeSpan.FromSeconds(1));
        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromSeconds(1));
        await browser.SendManyAsync(50);
        var after = await browser.SessionAsync();
        Assert.Equal(2, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
        Assert.Single(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task Refresh_without_a_response_for_a_minute_keeps_the_session_and_is_retried_after_30_seconds()
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        // The request is held before the emulator processes it, so that the refresh token stays valid.
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var arrived = site.Requests.Next(50);
            var responses = browser.SendManyAsync(50);
            await arrived;
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            site.Clock.Pass(TimeSpan.FromSeconds(10));
            Assert.All(await responses, response => Assert.Equal(before.AccessToken, response.Session.AccessToken));
            Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
            Assert.Empty(site.Logged(LogLevel.Warning));

            site.Clock.Pass(TimeSpan.FromSeconds(50));
            await site.UntilLoggedAsync(LogLevel.Warning);
            Assert.Equal(1, hold.Arrived);
            await site.Emulator.Requests.WaitForAsync(request => request.Fault == "Hold", TestContext.Current.CancellationToken);
        }

        Assert.Contains("Timeout", Assert.Single(site.Logged(LogLevel.Warning)).Message, StringComparison.Ordinal);

        site.Clock.Pass(_pause - TimeSpan.FromSeconds(1));
        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task Exception_of_the_application_s_backchannel_keeps_the_session()
    {
        using var broken = new ThrowingHandler();
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = broken);
        var browser = await site.WithExpiredTokenAsync();
        broken.Throws = true;

        var responses = await browser.SendManyAsync(20);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.Equal(1, broken.Thrown);
        Assert.Contains(nameof(NotSupportedException), Assert.Single(site.Logged(LogLevel.Error)).Message, StringComparison.Ordinal);

        broken.Throws = false;
        site.Clock.Pass(_pause);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    private sealed class ThrowingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _thrown;

        public bool Throws { get; set; }

        public int Thrown => Volatile.Read(ref _thrown);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!Throws)
            {
                return base.SendAsync(request, cancellationToken);
            }

            Interlocked.Increment(ref _thrown);
            throw new NotSupportedException("A message that quotes the request, and so a secret.");
        }
    }
}
