using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// A user whose call meets a broken server, another user who must not notice, and what each of them is promised.
/// The site's time stands still: whatever ends without the test moving it needed no timeout.
/// </summary>
internal sealed class Breakdown : IAsyncDisposable
{
    private const string Provider = "AspNet.Security.OAuth.Binance";
    private const string Wanted = "/orders";

    private static readonly TimeSpan _tokenLifetime = TimeSpan.FromHours(1);

    // Longer than any real clock's patience: only the site's own time can be what ends a call.
    private static readonly TimeSpan _backchannelTimeout = TimeSpan.FromHours(2);

    private readonly ServerCall _call;
    private readonly HttpClient _http = SocketBrowser.NewClient();
    private readonly MetricCollector<long> _refreshes;
    private readonly MetricCollector<long> _revocations;

    private string? _accessToken;

    private Breakdown(ServerCall call, SocketSite site)
    {
        (_call, Site) = (call, site);
        (User, Bystander) = (NewBrowser(BinanceEmulatorDefaults.UserId), NewBrowser(BinanceEmulatorDefaults.SecondUserId));
        _refreshes = Collect("binance.token.refreshes");
        _revocations = Collect("binance.token.revocations");
    }

    public SocketSite Site { get; }

    public SocketBrowser User { get; }

    public SocketBrowser Bystander { get; }

    /// <summary>Where the emulator meets the call.</summary>
    public EmulatorEndpoint Endpoint => _call switch
    {
        ServerCall.UserInformation => EmulatorEndpoint.UserInfo,
        ServerCall.Revocation => EmulatorEndpoint.Revoke,
        _ => EmulatorEndpoint.Token,
    };

    /// <summary>How long the call may take.</summary>
    public TimeSpan Timeout => _call is ServerCall.Revocation ? Site.Options.RevocationTimeout : _backchannelTimeout;

    /// <summary>How often the provider makes the call before it gives up: only a GET is made twice, and only if that may help.</summary>
    public static int Attempts(ServerCall call, BinanceFailure? failure)
        => call is ServerCall.UserInformation && failure is BinanceFailure.Unavailable ? 2 : 1;

    /// <summary>Starts the site, and brings the user to where the next request makes the call.</summary>
    public static async Task<Breakdown> StartAsync(ServerCall call, Action<IServiceCollection>? services = null)
    {
        var site = await SocketSite.StartAsync(
            new TestTime(),
            emulator => emulator.AccessTokenLifetime = _tokenLifetime,
            binance => binance.BackchannelTimeout = _backchannelTimeout,
            services);
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
        switch (_call)
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
    public Task<SocketAnswer> ActAsync() => _call switch
    {
        ServerCall.Refresh => User.GetAsync("/session"),
        ServerCall.Revocation => User.GetAsync("/sign-out?scheme=Cookies&to=/bye"),
        _ => User.SignInAsync(Wanted),
    };

    /// <summary>Moves the site's time to the timeout, and sees that the call waits until then and no longer.</summary>
    public void TimeOut(Task<SocketAnswer> acting)
    {
        var time = (TestTime)Site.Time;
        time.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(acting.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
    }

    public async Task AssertOthersAreAnsweredAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await Bystander.GetAsync("/")).Status);
        Assert.Equal(Bystander.UserId, (await Bystander.SessionAsync()).UserId);
    }

    /// <summary>The user got what is promised, and the operator can see what happened.</summary>
    public async Task AssertOutcomeAsync(SocketAnswer answer, BinanceFailure? failure)
    {
        switch (_call)
        {
            case ServerCall.Refresh:
                AssertRefresh(answer, failure);
                break;
            case ServerCall.Revocation:
                await AssertRevocationAsync(answer, failure);
                break;
            default:
                await AssertSignInAsync(answer, failure);
                break;
        }
    }

    /// <summary>When the server works again, so does the user: signs in, and is who they are.</summary>
    public async Task AssertWayOnAsync()
    {
        var answer = await User.SignInAsync(Wanted);
        Assert.Equal((HttpStatusCode.Redirect, Wanted), (answer.Status, answer.Location));
        Assert.Equal(User.UserId, (await User.SessionAsync()).UserId);
    }

    public async ValueTask DisposeAsync()
    {
        _refreshes.Dispose();
        _revocations.Dispose();
        _http.Dispose();
        await Site.DisposeAsync();
    }

    private async Task PrepareAsync()
    {
        if (_call is ServerCall.Refresh or ServerCall.Revocation)
        {
            await User.SignInAsync();
            _accessToken = (await User.SessionAsync()).Tokens["access_token"];
        }

        if (_call is ServerCall.Refresh)
        {
            ((TestTime)Site.Time).Advance(_tokenLifetime);
        }

        // Last, so that this session has nothing to refresh.
        await Bystander.SignInAsync();
        Site.Emulator.Requests.Clear();
    }

    private async Task AssertSignInAsync(SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        if (failure is null)
        {
            Assert.Equal(Wanted, answer.Location);
            Assert.Equal(User.UserId, (await User.SessionAsync()).UserId);
            AssertLogged(null, null);
            return;
        }

        Assert.Equal($"/failed?failure={NameOf(failure)}&returnUrl={Uri.EscapeDataString(Wanted)}", answer.Location);
        var page = await User.GetAsync(answer.Location!);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Try again", page.Body, StringComparison.Ordinal);
        Assert.False((await User.SessionAsync()).SignedIn);
        AssertLogged("SignInFailed", failure);
    }

    private void AssertRefresh(SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var session = answer.Session;
        AssertCounted(_refreshes, failure);
        AssertLogged(failure is null ? null : "RefreshFailed", failure);
        if (failure is BinanceFailure.InvalidGrant)
        {
            Assert.False(session.SignedIn);
            Assert.Empty(User.Cookies);
            return;
        }

        Assert.Equal(User.UserId, session.UserId);
        Assert.Equal(failure is not null, session.Tokens["access_token"] == _accessToken);
        Assert.Equal(failure is null, answer.SetsCookies);
    }

    private async Task AssertRevocationAsync(SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal((HttpStatusCode.Redirect, "/bye"), (answer.Status, answer.Location));
        Assert.Empty(User.Cookies);
        Assert.False((await User.SessionAsync()).SignedIn);
        AssertCounted(_revocations, failure);
        AssertLogged(failure is null ? null : "RevocationFailed", failure);
    }

    // One record that names the kind, and no other trouble: what a server does must not look like a mistake of the site.
    private void AssertLogged(string? name, BinanceFailure? failure)
    {
        var troubles = Site.Logs.Where(record => record.Level >= (IsOurs(record) ? LogLevel.Warning : LogLevel.Error));
        if (name is null)
        {
            Assert.Empty(troubles);
            return;
        }

        var record = Assert.Single(troubles);
        Assert.Equal(name, record.Id.Name);
        Assert.Equal(failure is BinanceFailure.InvalidClient && _call is not ServerCall.Revocation ? LogLevel.Error : LogLevel.Warning, record.Level);
        if (_call is not ServerCall.Revocation)
        {
            Assert.Equal(failure.ToString(), record.GetStructuredStateValue("Failure"));
        }
    }

    private static void AssertCounted(MetricCollector<long> counter, BinanceFailure? failure)
    {
        var counted = Assert.Single(counter.GetMeasurementSnapshot());
        Assert.Equal(
            failure switch { null => "success", BinanceFailure.InvalidGrant => "refused", _ => "failed" },
            counted.Tags["binance.outcome"]);
        Assert.Equal(failure is null ? null : NameOf(failure), counted.Tags.GetValueOrDefault("error.type"));
    }

    private static bool IsOurs(FakeLogRecord record) => record.Category!.StartsWith(Provider, StringComparison.Ordinal);

    private static string NameOf(BinanceFailure? failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString()!);

    private SocketBrowser NewBrowser(string userId) => new(_http, Site.Address, Site.Time, userId);

    private MetricCollector<long> Collect(string counter) => new(Site.Services.GetRequiredService<IMeterFactory>(), Provider, counter);
}
