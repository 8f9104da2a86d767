using System.Diagnostics.Metrics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

/// <summary>
/// A user whose call reaches a broken server, and another user, who must not be affected.
/// The site's time moves only when the test moves it: a call that ends before that needed no timeout.
/// </summary>
internal sealed class FailingCall : IAsyncDisposable
{
    private static readonly TimeSpan _tokenLifetime = TimeSpan.FromHours(1);

    // Longer than any test runs, so that no real clock ends a call.
    private static readonly TimeSpan _backchannelTimeout = TimeSpan.FromHours(2);

    private FailingCall(ServerCall call, TestSite site)
    {
        (Call, Site) = (call, site);
        (User, OtherUser) = (new(site) { UserId = BinanceEmulatorDefaults.UserId }, new(site) { UserId = BinanceEmulatorDefaults.SecondUserId });
        SignIns = Collect("binance.sign_ins");
        Refreshes = Collect("binance.token.refreshes");
        Revocations = Collect("binance.token.revocations");
    }

    public ServerCall Call { get; }

    public TestSite Site { get; }

    public SiteBrowser User { get; }

    /// <summary>The user's access token before the call, if there was a session.</summary>
    public string? AccessToken { get; private set; }

    public MetricCollector<long> SignIns { get; }

    public MetricCollector<long> Refreshes { get; }

    public MetricCollector<long> Revocations { get; }

    /// <summary>The emulator's endpoint for the call.</summary>
    public EmulatorEndpoint Endpoint => Call switch
    {
        ServerCall.UserInformation => EmulatorEndpoint.UserInfo,
        ServerCall.Revocation => EmulatorEndpoint.Revoke,
        _ => EmulatorEndpoint.Token,
    };

    /// <summary>How long the call may take.</summary>
    public TimeSpan Timeout => Call is ServerCall.Revocation ? Site.Options.RevocationTimeout : _backchannelTimeout;

    /// <summary>How often the provider sends the request: only user-info, which is a GET, is sent twice, and only when the server is unavailable.</summary>
    public static int Attempts(ServerCall call, BinanceFailure? failure)
        => call is ServerCall.UserInformation && failure is BinanceFailure.Unavailable ? 2 : 1;

    private SiteBrowser OtherUser { get; }

    /// <summary>Starts the site, and prepares the user so that the next request makes the call.</summary>
    public static async Task<FailingCall> StartAsync(
        ServerCall call, Action<IServiceCollection>? services = null, LogLevel level = LogLevel.Trace)
    {
        var site = await BrokenServerSite.StartAsync(
            emulator => emulator.AccessTokenLifetime = _tokenLifetime,
            binance => binance.BackchannelTimeout = _backchannelTimeout,
            services,
            level);
        var failing = new FailingCall(call, site);
        try
        {
            await failing.PrepareAsync();
            return failing;
        }
        catch
        {
            await failing.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends the call to another server.</summary>
    /// <returns>The endpoint before.</returns>
    public string Redirect(string url)
    {
        var options = Site.Options;
        switch (Call)
        {
            case ServerCall.UserInformation:
                (url, options.UserInformationEndpoint) = (options.UserInformationEndpoint, url);
                return url;
            case ServerCall.Revocation:
                (url, options.RevocationEndpoint) = (options.RevocationEndpoint, url);
                return url;
            default:
                (url, options.TokenEndpoint) = (options.TokenEndpoint, url);
                return url;
        }
    }

    /// <summary>The user's request that makes the call.</summary>
    public Task<SiteResponse> SendAsync() => Call switch
    {
        ServerCall.Refresh => User.GetAsync("/session"),
        ServerCall.Revocation => User.GetAsync("/sign-out?scheme=Cookies&to=/bye"),
        _ => User.TrySignInAsync(Expectation.Wanted),
    };

    /// <summary>Moves the site's time to the timeout, and checks that the user's request ends then and not before.</summary>
    public async Task TimeOutAsync(Task<SiteResponse> sending)
    {
        Site.Clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        Site.Clock.Advance(TimeSpan.FromTicks(1));
        await sending;
        if (Call is ServerCall.Refresh)
        {
            // The response does not wait for the end of the refresh, which is logged last.
            while (!Site.Logs.Any(record => record.Id.Name == "RefreshFailed"))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    public async Task AssertOthersAreServedAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await OtherUser.GetAsync("/")).Status);
        Assert.Equal(OtherUser.UserId, (await OtherUser.SessionAsync()).UserId);
    }

    /// <summary>Checks that the user can sign in when the server works again.</summary>
    public async Task AssertNextSignInSucceedsAsync()
    {
        var response = await User.SignInAsync(Expectation.Wanted);
        Assert.Equal((HttpStatusCode.Redirect, Expectation.Wanted), (response.Status, response.LocationHeader));
        Assert.Equal(User.UserId, (await User.SessionAsync()).UserId);
    }

    public async ValueTask DisposeAsync()
    {
        SignIns.Dispose();
        Refreshes.Dispose();
        Revocations.Dispose();
        await Site.DisposeAsync();
    }

    private async Task PrepareAsync()
    {
        if (Call is ServerCall.Refresh or ServerCall.Revocation)
        {
            await User.SignInAsync();
            AccessToken = (await User.SessionAsync()).Tokens["access_token"];
        }

        if (Call is ServerCall.Refresh)
        {
            Site.Clock.Advance(_tokenLifetime);
        }

        // Last, so that this session has nothing to refresh.
        await OtherUser.SignInAsync();
        Site.Emulator.Requests.Clear();
        SignIns.Clear();
    }

    private MetricCollector<long> Collect(string counter) => new(Site.Services.GetRequiredService<IMeterFactory>(), Expectation.Provider, counter);
}
