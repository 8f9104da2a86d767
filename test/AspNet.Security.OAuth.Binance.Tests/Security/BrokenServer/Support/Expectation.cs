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
    /// <param name="failing">The call.</param>
    /// <param name="response">The response to the user.</param>
    /// <param name="failure">The kind of failure; <see langword="null"/> if the call succeeded.</param>
    public static async Task AssertAsync(FailingCall failing, SiteResponse response, BinanceFailure? failure)
    {
        switch (failing.Call)
        {
            case ServerCall.Refresh:
                AssertRefresh(failing, response, failure);
                break;
            case ServerCall.Revocation:
                await AssertRevocationAsync(failing, response, failure);
                break;
            default:
                await AssertSignInAsync(failing, response, failure);
                break;
        }
    }

    private static async Task AssertSignInAsync(FailingCall failing, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        AssertCounted(failing.SignIns, failure, refused: "failed");
        if (failure is null)
        {
            Assert.Equal(Wanted, response.LocationHeader);
            Assert.Equal(failing.User.UserId, (await failing.User.SessionAsync()).UserId);
            AssertLogged(failing, null, null);
            return;
        }

        Assert.Equal($"/failed?failure={NameOf(failure)}&returnUrl={Uri.EscapeDataString(Wanted)}", response.LocationHeader);
        var page = await failing.User.GetAsync(response.LocationHeader!);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Try again", page.Body, StringComparison.Ordinal);
        Assert.False((await failing.User.SessionAsync()).SignedIn);
        AssertLogged(failing, "SignInFailed", failure);
        if (failure is BinanceFailure.Timeout)
        {
            Assert.Null(failing.Site.SingleFailure().StatusCode);
        }
    }

    private static void AssertRefresh(FailingCall failing, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.OK, response.Status);
        var session = response.Session;
        AssertCounted(failing.Refreshes, failure);
        AssertLogged(failing, failure is null ? null : "RefreshFailed", failure);
        if (failure is BinanceFailure.InvalidGrant)
        {
            Assert.False(session.SignedIn);
            Assert.Empty(failing.User.Jar.Cookies);
            return;
        }

        Assert.Equal(failing.User.UserId, session.UserId);
        Assert.Equal(failure is not null, session.Tokens["access_token"] == failing.AccessToken);
        Assert.Equal(failure is null, response.SetCookies.Count > 0);
    }

    private static async Task AssertRevocationAsync(FailingCall failing, SiteResponse response, BinanceFailure? failure)
    {
        Assert.Equal((HttpStatusCode.Redirect, "/bye"), (response.Status, response.LocationHeader));
        Assert.Empty(failing.User.Jar.Cookies);
        Assert.False((await failing.User.SessionAsync()).SignedIn);
        AssertCounted(failing.Revocations, failure);
        AssertLogged(failing, failure is null ? null : "RevocationFailed", failure);
    }

    // One record with the kind, and no other warning or error: a fault of the server is not reported as one of the site.
    private static void AssertLogged(FailingCall failing, string? name, BinanceFailure? failure)
    {
        var records = failing.Site.AllLogs.GetSnapshot().Where(record => record.Level >= (IsOurs(record) ? LogLevel.Warning : LogLevel.Error));
        if (name is null)
        {
            Assert.Empty(records);
            return;
        }

        var record = Assert.Single(records);
        Assert.Equal(name, record.Id.Name);
        Assert.Equal(failure is BinanceFailure.InvalidClient && failing.Call is not ServerCall.Revocation ? LogLevel.Error : LogLevel.Warning, record.Level);
        if (failing.Call is not ServerCall.Revocation)
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
