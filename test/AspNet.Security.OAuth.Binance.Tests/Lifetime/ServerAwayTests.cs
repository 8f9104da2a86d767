using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// Whatever Binance does that is no refusal: nobody is signed out, and nobody asks again for half a minute.
/// </summary>
public sealed class ServerAwayTests
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Ways => [.. _ways.Keys];

    private static readonly Dictionary<string, EmulatorFault> _ways = new()
    {
        ["503"] = EmulatorFault.Status(503),
        ["500 that says invalid_grant"] = EmulatorFault.Body("""{"error":"invalid_grant"}""", 500),
        ["429"] = EmulatorFault.Status(429),
        ["408"] = EmulatorFault.Status(408),
        ["403 of a gateway"] = EmulatorFault.Status(403),
        ["temporarily_unavailable"] = EmulatorFault.Body("""{"error":"temporarily_unavailable"}""", 400),
        ["half a body"] = EmulatorFault.HalfBody,
        ["a cut connection"] = EmulatorFault.CutConnection,
        ["HTML"] = EmulatorFault.Body("<!doctype html><title>Maintenance</title>", 200, "text/html"),
        ["no access token"] = EmulatorFault.Body("""{"token_type":"bearer"}"""),
        ["an endless body"] = EmulatorFault.EndlessBody,
        ["a redirect"] = EmulatorFault.Redirect(new Uri("/elsewhere", UriKind.Relative)),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Refresh_keeps_the_session_and_the_old_tokens_and_pauses_with_one_warning(string way)
    {
        await using var site = await LifetimeSite.StartAsync();

        // Some of these ways lose the answer of a refresh that was done, which only such a server forgives.
        site.Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, _ways[way]);

        var answers = await browser.SendManyAsync(50);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.Equal(before.Items, answer.Session.Items));
        Assert.All(answers, answer => Assert.Null(answer.SessionCookie));
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
    public async Task Refresh_that_gets_no_response_for_a_minute_keeps_the_session_and_pauses_with_one_warning()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        // Before any work is done, so that the refresh token is not spent.
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var arrived = site.Requests.Next(50);
            var crowd = browser.SendManyAsync(50);
            await arrived;
            await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
            site.Clock.Pass(TimeSpan.FromSeconds(10));
            Assert.All(await crowd, answer => Assert.Equal(before.AccessToken, answer.Session.AccessToken));
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
    public async Task An_application_s_own_backchannel_that_throws_signs_nobody_out()
    {
        using var broken = new ThrowingHandler();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = broken);
        var browser = await site.WithExpiredTokenAsync();
        broken.Throws = true;

        var answers = await browser.SendManyAsync(20);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
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
