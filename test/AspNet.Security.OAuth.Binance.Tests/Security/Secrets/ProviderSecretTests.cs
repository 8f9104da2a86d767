using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// Every secret of a site's life is searched for in everything that the site says: logs, exceptions, metrics, traces, pages, headers,
/// addresses.
/// </summary>
[Collection(Alone.Name)]
public sealed class ProviderSecretTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_life_leaves_secrets_only_in_the_addresses_that_the_protocol_gives_them(bool sessionStore)
    {
        using var investigation = new Investigation();
        await using var site = await CanarySite.StartAsync(investigation, LogFilters.Add, sessionStore: sessionStore);

        await CanaryLife.LiveAsync(site, investigation);

        string[] expected = ["code in address /signin-binance", "state in address /signin-binance", "state in header Location of /login"];
        Assert.Equal(expected, investigation.Conclude(site.Binance, site.Logs));

        // And there was something to search, of every kind, in every place.
        string[] kinds =
        [
            "access_token", "client_secret", "code", "code_verifier", "cookie", "correlation", "e-mail", "refresh_token", .. sessionStore ? ["session id"] : Array.Empty<string>(),
            "state", "user id",
        ];
        Assert.Equal(kinds, investigation.All(site.Binance).Select(secret => secret.Value).Distinct().Order(StringComparer.Ordinal));
        string[] places =
        [
            "address ", "event ", "exception BinanceAuthenticationException", "failure", "header ", "log AspNet.Security.OAuth.Binance", "log Microsoft.AspNetCore.Authentication.Cookies",
            "metric binance.token.refreshes", "metric http.server.request.duration", "page ", "trace Microsoft.AspNetCore/", "trace System.Net.Http/",
        ];
        Assert.All(places, place => Assert.Contains(investigation.Evidence.Places, found => found.StartsWith(place, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_secret_would_be_found_in_every_place()
    {
        using var investigation = new Investigation();
        await using var site = await CanarySite.StartAsync(investigation, use: app => app.Map("/leak", leak => leak.Run(LeakAsync)));
        var secret = site.Binance.Tokens.Issue().AccessToken;
        investigation.Secrets[secret] = "token";
        using var browser = new CanaryBrowser(site.Address, investigation);

        await browser.GetAsync("/leak/" + secret);

        var leaks = investigation.Conclude(site.Binance, site.Logs);
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
            // Nobody else sees it.
        }

        context.Response.Headers["X-Leak"] = secret;
        await context.Response.WriteAsync(secret.ToUpperInvariant(), context.RequestAborted);
    }
}
