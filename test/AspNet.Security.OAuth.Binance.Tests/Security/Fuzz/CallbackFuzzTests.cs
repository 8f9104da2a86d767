using System.Text.RegularExpressions;
using FsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The browser's return with whatever a browser, a bot or an attacker puts into its URL, its cookies and its headers.
/// </summary>
public sealed partial class CallbackFuzzTests
{
    private static readonly string[] _kinds =
        [.. Enum.GetNames<BinanceFailure>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static Arbitrary<Edited<CallbackRequest>> Cases { get; } = Edited<CallbackRequest>.Cases(CallbackRequest.Starts, CallbackRequest.Edits);

    [Fact]
    public async Task A_callback_is_a_sign_in_or_a_failure_with_a_page_whatever_it_carries()
    {
        await using var site = await FuzzSite.StartAsync();

        // A sign-in of its own for each case: the outcome of a code is kept for a second delivery.
        await FuzzRun.HoldsAsync(
            Cases,
            async item => await CheckAsync(site, item, item.ApplyTo(new CallbackRequest(await site.ChallengeAsync(), await site.ChallengeAsync()))),
            ("signed in", 1500),
            ("invalid_state", 800),
            ("invalid_callback", 300),
            ("correlation_failed", 300),
            ("access_denied", 20),
            ("authorization_error", 100),
            ("invalid_grant", 100),
            ("unavailable", 100),
            ("no visit", 100),
            ("not the callback", 50));
    }

    private static async Task<string> CheckAsync(FuzzSite site, Edited<CallbackRequest> item, CallbackRequest request)
    {
        site.Failure = null;
        site.Backchannel.IsDown = item.Start.EndsWith("down", StringComparison.Ordinal);
        site.Backchannel.Token = item.Start.EndsWith("refused", StringComparison.Ordinal)
            ? BackchannelAnswer.Json("""{"error":"invalid_grant"}""", 400)
            : BackchannelAnswer.Json(Answers.Tokens);

        var answer = await site.SendAsync(request.Path, request.RawQuery, request.RawCookies, request.Change);

        answer.AssertIsSound(request.IsPrefetch ? 503 : 0);
        site.Log.AssertIsSound();
        if (!request.Path.Equals(FuzzSite.CallbackPath, StringComparison.OrdinalIgnoreCase))
        {
            Assert.True(string.IsNullOrEmpty(answer.SessionCookie));
            return "not the callback";
        }

        if (request.IsPrefetch || !HttpMethods.IsGet(request.Method))
        {
            Assert.Contains(answer.Status, RefusalsOf(request));
            Assert.Empty(answer.SetCookies);
            Assert.True(string.IsNullOrEmpty(answer.Location));
            Assert.Null(site.Failure);
            return "no visit";
        }

        Assert.Equal(302, answer.Status);
        return string.IsNullOrEmpty(answer.SessionCookie) ? Failed(site, item.Start, request, answer) : SignedIn(site, request, answer);
    }

    private static int[] RefusalsOf(CallbackRequest request) => [.. request.IsPrefetch ? [503] : Array.Empty<int>(), .. HttpMethods.IsGet(request.Method) ? [] : new[] { 405 }];

    private static string SignedIn(FuzzSite site, CallbackRequest request, FuzzAnswer answer)
    {
        Assert.True(request.MaySignIn(), "Nobody should have been signed in.");
        Assert.Equal("/orders", answer.Location);
        Assert.Null(site.Failure);
        var ticket = site.Tickets.Unprotect(answer.Session);
        Assert.Equal(Answers.UserId, ticket!.Principal.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value);
        return "signed in";
    }

    private static string Failed(FuzzSite site, string start, CallbackRequest request, FuzzAnswer answer)
    {
        Assert.False(start == "a login" && request.MustSignIn(), "A login with nothing wrong has to succeed.");

        // The page of this site that the application named, and nothing else in the path that anybody outside chose.
        Assert.Matches(FailureUrl, answer.Location);
        var failure = Assert.IsType<BinanceAuthenticationException>(site.Failure);
        var kind = QueryHelpers.ParseQuery(answer.Location!.Split('?')[1])["failure"].Single()!;
        Assert.Contains(kind, _kinds);
        Assert.True(failure.Failure is not BinanceFailure.Unknown, failure.ToString());
        Assert.Matches(Message, failure.Message);
        return kind;
    }

    [GeneratedRegex(@"^/failed\?failure=[a-z_]+(&returnUrl=%2Forders)?\z")]
    private static partial Regex FailureUrl { get; }

    // Our own words, and of the server's only what is shaped like an error code.
    [GeneratedRegex(@"^[A-Za-z' -]+(: (error [A-Za-z0-9_.-]{1,64}|[A-Za-z,()' -]+))?(, HTTP [0-9]{3})?(, error [A-Za-z0-9_.-]{1,64})?\.\z")]
    private static partial Regex Message { get; }
}
