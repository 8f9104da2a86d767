using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A site with a cookie and Login with Binance, without any network, whose requests can be what no HTTP client would send.
/// </summary>
internal sealed class FuzzSite : IAsyncDisposable
{
    public const string SessionCookie = ".AspNetCore.Cookies";
    public const string CallbackPath = "/signin-binance";

    private readonly WebApplication _app;

    private FuzzSite(WebApplication app, FuzzBackchannel backchannel, FuzzLog log) => (_app, Backchannel, Log) = (app, backchannel, log);

    public FuzzBackchannel Backchannel { get; }

    public FuzzLog Log { get; }

    public BinanceTokenService Client => _app.Services.GetRequiredService<BinanceTokenService>();

    public TicketDataFormat Tickets
        => (TicketDataFormat)_app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme).TicketDataFormat;

    /// <summary>What the last sign-in that failed was told to fail with.</summary>
    public Exception? Failure { get; set; }

    public static async Task<FuzzSite> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        var (log, backchannel) = (new FuzzLog(), new FuzzBackchannel());
        builder.Services.AddSingleton<TimeProvider>(new FuzzTime());
        builder.Services.AddLogging(logging => logging.AddProvider(log).AddFilter((category, _) => category!.StartsWith(FuzzLog.Category, StringComparison.Ordinal)));
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();

        FuzzSite? site = null;
        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options => options.LoginPath = "/login")
            .AddBinance(options =>
            {
                options.ClientId = TestSite.ClientId;
                options.ClientSecret = TestSite.ClientSecret;
                options.FailurePath = "/failed";
                options.BackchannelHttpHandler = backchannel;
                options.Events.OnRemoteFailure = context =>
                {
                    site!.Failure = context.Failure;
                    return Task.CompletedTask;
                };
            });

        var app = builder.Build();
        site = new FuzzSite(app, backchannel, log);
        app.UseAuthentication();
        var pages = new Dictionary<string, RequestDelegate>
        {
            ["/members"] = context => context.User.Identity is { IsAuthenticated: true } ? context.Response.WriteAsync("members") : context.ChallengeAsync(),
        };
        app.Run(context => SitePages.ServeAsync(context, pages));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <summary>Sends a request, whatever is in it, and waits for the whole answer. What the application throws, this throws.</summary>
    public async Task<FuzzAnswer> SendAsync(string path, string query = "", string? cookie = null, Action<HttpRequest>? change = null)
    {
        var context = await _app.GetTestServer().SendAsync(
            context =>
            {
                var request = context.Request;
                (request.Method, request.Scheme, request.Host) = ("GET", "https", new HostString("site.example"));
                (request.Path, request.QueryString) = (new PathString(path), new QueryString(query));
                request.Headers.Cookie = cookie;
                change?.Invoke(request);
            },
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Response.Body);
        return new FuzzAnswer(context.Response.StatusCode, context.Response.Headers, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Starts a sign-in and returns its state, with the name of the cookie that marks the browser.</summary>
    public async Task<StartedSignIn> ChallengeAsync()
    {
        var answer = await SendAsync("/login", "?returnUrl=/orders");
        var query = QueryHelpers.ParseQuery(new Uri(answer.Location!).Query);
        return new(query["state"].Single()!, answer.SetCookies.Single().Name.Value!);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>The state of a sign-in that has been started, and the name of its correlation cookie.</summary>
internal sealed record StartedSignIn(string State, string CookieName)
{
    public string Query => $"?code={SiteBrowser.Code}&state={State}";

    public string Cookie => $"{CookieName}=N";
}
