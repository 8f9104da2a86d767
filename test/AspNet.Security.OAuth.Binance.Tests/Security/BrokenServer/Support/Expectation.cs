using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

/// <summary>
/// What the documents promise for a call that fails: the response to the user, the log record and the metric.
/// </summary>
internal static class Expectation
{
    public const string Provider = "AspNet.Security.OAuth.Binance";

    /// <summary>The page that the user opened.</summary>
    public const string Wanted = "/orders";

    /// <summary>Checks response, session, log and metric.</summary>
    /// <param name="breakdown">The call.</param>
    /// <param name="response">The response to the user.</param>
    /// <param name="failure">The kind of failure; <see langword="null"/> if the call succeeded.</param>
    public static async Task AssertAsync(Breakdown breakdown, SiteResponse response, BinanceFailure? failure)
    {
        switch (breakdown.Call)
        {
            case ServerCall.Refresh:
                AssertRefresh(breakdown, response, failure);
                break;
            case ServerCall.Revocation:
                await AssertRevocationAsync(breakdown, response, failure);
                break;
            default:
                await AssertSignInAsync(breakdown, response, failure);
                break;
        }
    }

    private static async Task AssertSignInAsync(Breakdown breakdown, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        AssertCounted(breakdown.SignIns, failure, refused: "failed");
        if (failure is null)
        {
            Assert.Equal(Wanted, response.LocationHeader);
            Assert.Equal(breakdown.User.UserId, (await breakdown.User.SessionAsync()).UserId);
            AssertLogged(breakdown, null, null);
            return;
        }

        Assert.Equal($"/failed?failure={NameOf(failure)}&returnUrl={Uri.EscapeDataString(Wanted)}", response.LocationHeader);
        var page = await breakdown.User.GetAsync(response.LocationHeader!);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Try again", page.Body, StringComparison.Ordinal);
        Assert.False((await breakdown.User.SessionAsync()).SignedIn);
        AssertLogged(breakdown, "SignInFailed", failure);
        if (failure is BinanceFailure.Timeout)
        {
            Assert.Null(breakdown.Site.SingleFailure().StatusCode);
        }
    }

    private static void AssertRefresh(Breakdown breakdown, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.OK, response.Status);
        var session = response.Session;
        AssertCounted(breakdown.Refreshes, failure);
        AssertLogged(breakdown, failure is null ? null : "RefreshFailed", failure);
        if (failure is BinanceFailure.InvalidGrant)
        {
            Assert.False(session.SignedIn);
            Assert.Empty(breakdown.User.Jar.Cookies);
            return;
        }

        Assert.Equal(breakdown.User.UserId, session.UserId);
        Assert.Equal(failure is not null, session.Tokens["access_token"] == breakdown.AccessToken);
        Assert.Equal(failure is null, response.SetCookies.Count > 0);
    }

    private static async Task AssertRevocationAsync(Breakdown breakdown, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal((HttpStatusCode.Redirect, "/bye"), (response.Status, response.LocationHeader));
        Assert.Empty(breakdown.User.Jar.Cookies);
        Assert.False((await breakdown.User.SessionAsync()).SignedIn);
        AssertCounted(breakdown.Revocations, failure);
        AssertLogged(breakdown, failure is null ? null : "RevocationFailed", failure);
    }

    // One record with the kind, and no other warning or error: a fault of the server is not reported as one of the site.
    private static void AssertLogged(Breakdown breakdown, string? name, BinanceFailure? failure)
    {
        var records = breakdown.Site.AllLogs.GetSnapshot().Where(record => record.Level >= (IsOurs(record) ? LogLevel.Warning : LogLevel.Error));
        if (name is null)
        {
            Assert.Empty(records);
            return;
        }

        var record = Assert.Single(records);
        Assert.Equal(name, record.Id.Name);
        Assert.Equal(failure is BinanceFailure.InvalidClient && breakdown.Call is not ServerCall.Revocation ? LogLevel.Error : LogLevel.Warning, record.Level);
        if (breakdown.Call is not ServerCall.Revocation)
        {
            Assert.Equal(failure.ToString(), record.GetStructuredStateValue("Failure"));
        }
    }

    private static void AssertCounted(MetricCollector<long> counter, BinanceFailure? failure, string refused = "refused")
    {
        var counted = Assert.Single(counter.GetMeasurementSnapshot());
        Assert.Equal(
            failure switch { null => "success", BinanceFailure.InvalidGrant => refused, _ => "failed" },
            counted.Tags["binance.outcome"]);
        Assert.Equal(failure is null ? null : NameOf(failure), counted.Tags.GetValueOrDefault("error.type"));
    }

    private static bool IsOurs(FakeLogRecord record) => record.Category!.StartsWith(Provider, StringComparison.Ordinal);

    private static string NameOf(BinanceFailure? failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString()!);
}
