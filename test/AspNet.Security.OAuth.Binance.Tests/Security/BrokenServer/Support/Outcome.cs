using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// What is promised to the user whose call failed, and to the operator.
/// </summary>
internal static class Outcome
{
    public const string Provider = "AspNet.Security.OAuth.Binance";

    /// <summary>What the user wanted to open.</summary>
    public const string Wanted = "/orders";

    /// <summary>The user got what is promised, and the operator can see what happened.</summary>
    /// <param name="breakdown">What happened.</param>
    /// <param name="answer">What the user saw.</param>
    /// <param name="failure">What it comes to; <see langword="null"/> if nothing failed.</param>
    public static async Task AssertAsync(Breakdown breakdown, SocketAnswer answer, BinanceFailure? failure)
    {
        switch (breakdown.Call)
        {
            case ServerCall.Refresh:
                AssertRefresh(breakdown, answer, failure);
                break;
            case ServerCall.Revocation:
                await AssertRevocationAsync(breakdown, answer, failure);
                break;
            default:
                await AssertSignInAsync(breakdown, answer, failure);
                break;
        }
    }

    private static async Task AssertSignInAsync(Breakdown breakdown, SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        if (failure is null)
        {
            Assert.Equal(Wanted, answer.Location);
            Assert.Equal(breakdown.User.UserId, (await breakdown.User.SessionAsync()).UserId);
            AssertLogged(breakdown, null, null);
            return;
        }

        Assert.Equal($"/failed?failure={NameOf(failure)}&returnUrl={Uri.EscapeDataString(Wanted)}", answer.Location);
        var page = await breakdown.User.GetAsync(answer.Location!);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Try again", page.Body, StringComparison.Ordinal);
        Assert.False((await breakdown.User.SessionAsync()).SignedIn);
        AssertLogged(breakdown, "SignInFailed", failure);
    }

    private static void AssertRefresh(Breakdown breakdown, SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var session = answer.Session;
        AssertCounted(breakdown.Refreshes, failure);
        AssertLogged(breakdown, failure is null ? null : "RefreshFailed", failure);
        if (failure is BinanceFailure.InvalidGrant)
        {
            Assert.False(session.SignedIn);
            Assert.Empty(breakdown.User.Cookies);
            return;
        }

        Assert.Equal(breakdown.User.UserId, session.UserId);
        Assert.Equal(failure is not null, session.Tokens["access_token"] == breakdown.AccessToken);
        Assert.Equal(failure is null, answer.SetsCookies);
    }

    private static async Task AssertRevocationAsync(Breakdown breakdown, SocketAnswer answer, BinanceFailure? failure)
    {
        Assert.Equal((HttpStatusCode.Redirect, "/bye"), (answer.Status, answer.Location));
        Assert.Empty(breakdown.User.Cookies);
        Assert.False((await breakdown.User.SessionAsync()).SignedIn);
        AssertCounted(breakdown.Revocations, failure);
        AssertLogged(breakdown, failure is null ? null : "RevocationFailed", failure);
    }

    // One record that names the kind, and no other trouble: what a server does must not look like a mistake of the site.
    private static void AssertLogged(Breakdown breakdown, string? name, BinanceFailure? failure)
    {
        var troubles = breakdown.Site.Logs.Where(record => record.Level >= (IsOurs(record) ? LogLevel.Warning : LogLevel.Error));
        if (name is null)
        {
            Assert.Empty(troubles);
            return;
        }

        var record = Assert.Single(troubles);
        Assert.Equal(name, record.Id.Name);
        Assert.Equal(failure is BinanceFailure.InvalidClient && breakdown.Call is not ServerCall.Revocation ? LogLevel.Error : LogLevel.Warning, record.Level);
        if (breakdown.Call is not ServerCall.Revocation)
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
}
