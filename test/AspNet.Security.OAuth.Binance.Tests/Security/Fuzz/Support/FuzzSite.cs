using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// A site with a cookie and Login with Binance, without a network, which also takes requests that no HTTP client sends.
/// </summary>
internal sealed class FuzzSite : IAsyncDisposable
{
    public const string CallbackPath = "/signin-binance";

    private readonly TestSite _site;

    private FuzzSite(TestSite site, FuzzBackchannel backchannel, FuzzLog log) => (_site, Backchannel, Log) = (site, backchannel, log);

    public FuzzBackchannel Backchannel { get; }

    public FuzzLog Log { get; }

    public BinanceTokenService Client => _site.Client;

    public TicketDataFormat Tickets => (TicketDataFormat)_site.CookieOptions().TicketDataFormat;

    /// <summary>The failure of the last sign-in that failed.</summary>
    public Exception? Failure { get; set; }

    public static async Task<FuzzSite> StartAsync()
    {
        var (log, backchannel) = (new FuzzLog(), new FuzzBackchannel());
        return new(await TestSite.StartAsync(new Uri("https://binance.example"), setup =>
        {
            setup.Time = new FuzzTime();
            setup.Logging = logging => logging.AddProvider(log).AddFilter((category, _) => category!.StartsWith(FuzzLog.Category, StringComparison.Ordinal));
            setup.Binance = options => options.BackchannelHttpHandler = backchannel;
            setup.Pages["/members"] = context => context.User.Identity is { IsAuthenticated: true } ? context.Response.WriteAsync("members") : context.ChallengeAsync();
        }), backchannel, log);
    }

    /// <summary>Sends any request, and waits for the whole response. An exception of the application is rethrown.</summary>
    public async Task<FuzzResponse> SendAsync(string path, string query = "", string? cookie = null, Action<HttpRequest>? change = null)
    {
        var context = await _site.Server.SendAsync(
            context =>
            {
                var request = context.Request;
                (request.Method, request.Scheme, request.Host) = ("GET", "https", new HostString("site.example"));
                (request.Path, request.QueryString) = (new PathString(path), new QueryString(query));
                request.Headers.Cookie = cookie;
                change?.Invoke(request);
            },
            TestContext.Current.CancellationToken);
        while (_site.Failures.TryDequeue(out var failed))
        {
            Failure = failed.Failure;
        }

        using var reader = new StreamReader(context.Response.Body);
        return new FuzzResponse(context.Response.StatusCode, context.Response.Headers, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Starts a sign-in and returns its state, with the name of the correlation cookie.</summary>
    public async Task<StartedSignIn> ChallengeAsync()
    {
        var response = await SendAsync("/login", "?returnUrl=/orders");
        var query = QueryHelpers.ParseQuery(new Uri(response.Location!).Query);
        return new(query["state"].Single()!, response.SetCookies.Single().Name.Value!);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}

/// <summary>The state of a sign-in that has been started, and the name of its correlation cookie.</summary>
internal sealed record StartedSignIn(string State, string CookieName)
{
    public string Query => $"?code={SiteBrowser.Code}&state={State}";

    public string Cookie => $"{CookieName}=N";
}
