using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The callback with any URL, cookies and headers of a browser, a bot or an attacker.
/// </summary>
public sealed partial class CallbackFuzzTests
{
    private static readonly string[] _kinds =
        [.. Enum.GetNames<BinanceFailure>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static Arbitrary<Edited<CallbackRequest>> Cases { get; } = Edited<CallbackRequest>.Cases(CallbackRequest.Starts, CallbackRequest.Edits);

    [Fact]
    public async Task Any_callback_is_a_sign_in_or_a_failure_with_a_page()
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
            ? BackchannelResponse.Json("""{"error":"invalid_grant"}""", 400)
            : BackchannelResponse.Json(Responses.Tokens);

        var response = await site.SendAsync(request.Path, request.RawQuery, request.RawCookies, request.Change);

        response.AssertIsSound(request.IsPrefetch ? 503 : 0);
        site.Log.AssertIsSound();
        if (!request.Path.Equals(FuzzSite.CallbackPath, StringComparison.OrdinalIgnoreCase))
        {
            Assert.True(string.IsNullOrEmpty(response.SessionCookie));
            return "not the callback";
        }

        if (request.IsPrefetch || !HttpMethods.IsGet(request.Method))
        {
            Assert.Contains(response.Status, RefusalsOf(request));
            Assert.Empty(response.SetCookies);
            Assert.True(string.IsNullOrEmpty(response.Location));
            Assert.Null(site.Failure);
            return "no visit";
        }

        Assert.Equal(302, response.Status);
        return string.IsNullOrEmpty(response.SessionCookie) ? Failed(site, item.Start, request, response) : SignedIn(site, request, response);
    }

    private static int[] RefusalsOf(CallbackRequest request) => [.. request.IsPrefetch ? [503] : Array.Empty<int>(), .. HttpMethods.IsGet(request.Method) ? [] : new[] { 405 }];

    private static string SignedIn(FuzzSite site, CallbackRequest request, FuzzResponse response)
    {
        Assert.True(request.MaySignIn(), "The callback must not sign in.");
        Assert.Equal("/orders", response.Location);
        Assert.Null(site.Failure);
        var ticket = site.Tickets.Unprotect(response.Session);
        Assert.Equal(Responses.UserId, ticket!.Principal.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value);
        return "signed in";
    }

    private static string Failed(FuzzSite site, string start, CallbackRequest request, FuzzResponse response)
    {
        Assert.False(start == "a login" && request.MustSignIn(), "A login with nothing wrong has to succeed.");

        // The path is that of the application's page, with no part of the request.
        Assert.Matches(FailureUrl, response.Location);
        var failure = Assert.IsType<BinanceAuthenticationException>(site.Failure);
        var kind = QueryHelpers.ParseQuery(response.Location!.Split('?')[1])["failure"].Single()!;
        Assert.Contains(kind, _kinds);
        Assert.True(failure.Failure is not BinanceFailure.Unknown, failure.ToString());
        Assert.Matches(Message, failure.Message);
        return kind;
    }

    [GeneratedRegex(@"^/failed\?failure=[a-z_]+(&returnUrl=%2Forders)?\z")]
    private static partial Regex FailureUrl { get; }

    // The provider's own text, and of the server's only an error code.
    [GeneratedRegex(@"^[A-Za-z' -]+(: (error [A-Za-z0-9_.-]{1,64}|[A-Za-z,()' -]+))?(, HTTP [0-9]{3})?(, error [A-Za-z0-9_.-]{1,64})?\.\z")]
    private static partial Regex Message { get; }
}
