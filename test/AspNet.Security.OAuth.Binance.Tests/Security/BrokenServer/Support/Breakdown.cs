using System.Diagnostics.Metrics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// A user whose call meets a broken server, and another user who must not notice.
/// The site's time stands still: whatever ends without the test moving it needed no timeout.
/// </summary>
internal sealed class Breakdown : IAsyncDisposable
{
    private static readonly TimeSpan _tokenLifetime = TimeSpan.FromHours(1);

    // Longer than any real clock's patience: only the site's own time can be what ends a call.
    private static readonly TimeSpan _backchannelTimeout = TimeSpan.FromHours(2);

    private readonly HttpClient _http = SocketBrowser.NewClient();

    private Breakdown(ServerCall call, SocketSite site)
    {
        (Call, Site) = (call, site);
        (User, Bystander) = (NewBrowser(BinanceEmulatorDefaults.UserId), NewBrowser(BinanceEmulatorDefaults.SecondUserId));
        Refreshes = Collect("binance.token.refreshes");
        Revocations = Collect("binance.token.revocations");
    }

    public ServerCall Call { get; }

    public SocketSite Site { get; }

    public SocketBrowser User { get; }

    public SocketBrowser Bystander { get; }

    /// <summary>The user's access token before the call, if there was a session.</summary>
    public string? AccessToken { get; private set; }

    public MetricCollector<long> Refreshes { get; }

    public MetricCollector<long> Revocations { get; }

    /// <summary>Where the emulator meets the call.</summary>
    public EmulatorEndpoint Endpoint => Call switch
    {
        ServerCall.UserInformation => EmulatorEndpoint.UserInfo,
        ServerCall.Revocation => EmulatorEndpoint.Revoke,
        _ => EmulatorEndpoint.Token,
    };

    /// <summary>How long the call may take.</summary>
    public TimeSpan Timeout => Call is ServerCall.Revocation ? Site.Options.RevocationTimeout : _backchannelTimeout;

    /// <summary>How often the provider makes the call before it gives up: only a GET is made twice, and only if that may help.</summary>
    public static int Attempts(ServerCall call, BinanceFailure? failure)
        => call is ServerCall.UserInformation && failure is BinanceFailure.Unavailable ? 2 : 1;

    /// <summary>Starts the site, and brings the user to where the next request makes the call.</summary>
    public static async Task<Breakdown> StartAsync(
        ServerCall call, Action<IServiceCollection>? services = null, LogLevel level = LogLevel.Trace)
    {
        var site = await SocketSite.StartAsync(
            new TestTime(),
            emulator => emulator.AccessTokenLifetime = _tokenLifetime,
            binance => binance.BackchannelTimeout = _backchannelTimeout,
            services,
            level);
        var breakdown = new Breakdown(call, site);
        try
        {
            await breakdown.PrepareAsync();
            return breakdown;
        }
        catch
        {
            await breakdown.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the call go to another server.</summary>
    /// <returns>Where it went before.</returns>
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
    public Task<SocketAnswer> ActAsync() => Call switch
    {
        ServerCall.Refresh => User.GetAsync("/session"),
        ServerCall.Revocation => User.GetAsync("/sign-out?scheme=Cookies&to=/bye"),
        _ => User.SignInAsync(Outcome.Wanted),
    };

    /// <summary>Moves the site's time to the timeout, and sees that the user waits until then and no longer.</summary>
    public async Task TimeOutAsync(Task<SocketAnswer> acting)
    {
        var time = (TestTime)Site.Time;
        time.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(acting.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await acting;
        if (Call is ServerCall.Refresh)
        {
            // Nobody waits for the end of the refresh itself, which is logged last.
            while (!Site.Logs.Any(record => record.Id.Name == "RefreshFailed"))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    public async Task AssertOthersAreAnsweredAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await Bystander.GetAsync("/")).Status);
        Assert.Equal(Bystander.UserId, (await Bystander.SessionAsync()).UserId);
    }

    /// <summary>When the server works again, so does the user: signs in, and is who they are.</summary>
    public async Task AssertWayOnAsync()
    {
        var answer = await User.SignInAsync(Outcome.Wanted);
        Assert.Equal((HttpStatusCode.Redirect, Outcome.Wanted), (answer.Status, answer.Location));
        Assert.Equal(User.UserId, (await User.SessionAsync()).UserId);
    }

    public async ValueTask DisposeAsync()
    {
        Refreshes.Dispose();
        Revocations.Dispose();
        _http.Dispose();
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
            ((TestTime)Site.Time).Advance(_tokenLifetime);
        }

        // Last, so that this session has nothing to refresh.
        await Bystander.SignInAsync();
        Site.Emulator.Requests.Clear();
    }

    private SocketBrowser NewBrowser(string userId) => new(_http, Site.Address, Site.Time, userId);

    private MetricCollector<long> Collect(string counter) => new(Site.Services.GetRequiredService<IMeterFactory>(), Outcome.Provider, counter);
}
