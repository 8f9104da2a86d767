using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// The search for every secret in everything that a site writes: logs, exceptions, metrics, traces, pages, headers, addresses.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ProviderSecretTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_life_of_a_session_leaves_secrets_only_in_the_urls_of_the_protocol(bool sessionStore)
    {
        using var scan = new SecretScan();
        await using var site = await RecordedSite.StartAsync(scan, LogFilters.Add, sessionStore: sessionStore);

        await SecretUses.RunAsync(site, scan);

        string[] expected = ["code in address /signin-binance", "state in address /signin-binance", "state in header Location of /login"];
        Assert.Equal(expected, scan.Finish(site.Emulator, site.AllLogs));

        // The search covered secrets of every kind and texts of every place.
        string[] kinds =
        [
            "access_token", "client_secret", "code", "code_verifier", "cookie", "correlation", "e-mail", "refresh_token", .. sessionStore ? ["session id"] : Array.Empty<string>(),
            "state", "user id",
        ];
        Assert.Equal(kinds, scan.All(site.Emulator).Select(secret => secret.Value).Distinct().Order(StringComparer.Ordinal));
        string[] places =
        [
            "address ", "event ", "exception BinanceAuthenticationException", "failure", "header ", "log AspNet.Security.OAuth.Binance", "log Microsoft.AspNetCore.Authentication.Cookies",
            "metric binance.token.refreshes", "metric http.server.request.duration", "page ", "trace Microsoft.AspNetCore/", "trace System.Net.Http/",
        ];
        Assert.All(places, place => Assert.Contains(scan.Texts.Places, found => found.StartsWith(place, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_secret_would_be_found_in_every_place()
    {
        using var scan = new SecretScan();
        await using var site = await RecordedSite.StartAsync(scan, use: app => app.Map("/leak", leak => leak.Run(LeakAsync)));
        var secret = site.Emulator.Tokens.Issue().AccessToken;
        scan.Secrets[secret] = "token";
        var browser = BrowserRecordingHandler.Browser(site.Address, site.Time, scan);

        await browser.GetAsync("/leak/" + secret);

        var leaks = scan.Finish(site.Emulator, site.AllLogs);
        string[] places =
        [
            "address /leak/", "event Microsoft.AspNetCore.Hosting/RequestStart", "exception InvalidOperationException", "header X-Leak of /leak/",
            "log Leak Debug scope", "log Leak Debug text", "log Leak Debug values", "metric leak", "page /leak/", "trace Leak/leak",
        ];
        Assert.All(places, place => Assert.Contains(leaks, leak => leak.StartsWith("token in " + place, StringComparison.Ordinal)));
    }

    private static async Task LeakAsync(HttpContext context)
    {
        var secret = context.Request.Path.Value![1..];
        var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Leak");
        using (logger.BeginScope(secret))
        {
            var values = new Dictionary<string, object> { ["token"] = secret };
            logger.Log(LogLevel.Debug, default, values, null, (_, _) => secret[..20]);
        }

        using var meter = new Meter("Leak");
        meter.CreateCounter<int>("leak").Add(1, new KeyValuePair<string, object?>("token", secret));
        using var source = new ActivitySource("Leak");
        using (var activity = source.StartActivity("leak"))
        {
            activity!.SetTag("token", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{{{secret}}}")));
        }

        try
        {
            throw new InvalidOperationException(secret);
        }
        catch (InvalidOperationException)
        {
            // Only its own user and the site see it.
        }

        context.Response.Headers["X-Leak"] = secret;
        await context.Response.WriteAsync(secret.ToUpperInvariant(), context.RequestAborted);
    }
}
