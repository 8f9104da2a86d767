using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The rules for each failure of a call to Binance, whatever the response was.
/// </summary>
internal static partial class TypedFailure
{
    private const int LongestDescription = 256;

    public static string Check(Exception? exception, BackchannelResponse response, JsonValue? json)
    {
        var failure = Assert.IsType<BinanceAuthenticationException>(exception);
        Assert.Equal(response.Status, failure.StatusCode);
        AssertKind(failure, response, json?["error"] is { IsText: true } error ? error.Text : null);
        AssertText(failure);
        return failure.Failure.ToString();
    }

    private static void AssertKind(BinanceAuthenticationException failure, BackchannelResponse response, string? error)
    {
        // These two have consequences for sessions, so that only the documented error codes may cause them.
        Assert.True(failure.Failure is not BinanceFailure.InvalidGrant || error is "invalid_grant" or "invalid_token", failure.ToString());
        Assert.True(failure.Failure is not BinanceFailure.InvalidClient || error is "invalid_client" or "unauthorized_client", failure.ToString());

        // An outage is never a refusal, and a refusal never an outage.
        var verdict = Expected.Unavailable(response);
        Assert.True(failure.Failure is BinanceFailure.Unavailable || verdict is not Verdict.Success, failure.ToString());
        Assert.True(
            failure.Failure is not BinanceFailure.Unavailable || verdict is not Verdict.Failure || error is "server_error" or "temporarily_unavailable",
            failure.ToString());
        Assert.True(
            failure.Failure is BinanceFailure.InvalidGrant or BinanceFailure.InvalidClient or BinanceFailure.Unavailable
                or BinanceFailure.InvalidResponse or BinanceFailure.TokenError or BinanceFailure.ApiError,
            failure.ToString());
    }

    private static void AssertText(BinanceAuthenticationException failure)
    {
        Assert.Null(failure.InnerException);
        Assert.Matches(CodeOrNothing, failure.Error ?? "");
        Assert.Matches(CodeOrNothing, failure.BinanceCode ?? "");
        Assert.True(failure.ErrorDescription is null || (failure.ErrorDescription.Length <= LongestDescription && !failure.ErrorDescription.Any(char.IsControl)));

        // Of the response, the message has only these two.
        var end = (failure.Error is { } error ? $", error {error}" : "") + (failure.BinanceCode is { } code ? $", code {code}" : "") + ".";
        Assert.EndsWith(end, failure.Message, StringComparison.Ordinal);
        var ours = failure.Message[..^end.Length];
        Assert.Matches(Ours, ours);
        Assert.DoesNotContain(OddJson.Marker, ours, StringComparison.Ordinal);
        foreach (var secret in new[] { TestSite.ClientSecret, SiteBrowser.Code })
        {
            Assert.DoesNotContain(secret, $"{failure}{failure.Error}{failure.BinanceCode}{failure.ErrorDescription}", StringComparison.OrdinalIgnoreCase);
        }
    }

    [GeneratedRegex(@"^([A-Za-z0-9_.-]{1,64})?\z")]
    private static partial Regex CodeOrNothing { get; }

    [GeneratedRegex(@"^Binance's (token endpoint|user-info|revocation): [A-Za-z0-9_, -]+, HTTP [0-9]{3}\z")]
    private static partial Regex Ours { get; }
}
