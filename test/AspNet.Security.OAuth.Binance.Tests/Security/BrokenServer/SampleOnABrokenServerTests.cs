using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sample;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using SampleWeb.Models;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer;

/// <summary>
/// The page of the sample for each fault: a message, and a link to try again.
/// </summary>
public sealed class SampleOnABrokenServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, ServerCall> Rows => FaultTable.Rows(firstOnly: true);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task A_visitor_sees_a_page_with_a_link_to_try_again(string fault, ServerCall call)
    {
        var line = FaultTable.Find(fault);
        var failure = line.Expected(call);
        var time = new TestTime();
        await using var sample = new SampleFactory { Time = time };
        using var visitor = new SampleVisitor(sample);
        if (call is ServerCall.Refresh or ServerCall.Revocation)
        {
            using var signedIn = await visitor.SignInAsync();
        }

        if (call is ServerCall.Refresh)
        {
            time.Advance(sample.Binance.Options.AccessTokenLifetime);
        }

        var (endpoint, timeout) = call switch
        {
            ServerCall.UserInformation => (EmulatorEndpoint.UserInfo, TimeSpan.FromSeconds(10)),
            ServerCall.Revocation => (EmulatorEndpoint.Revoke, TimeSpan.FromSeconds(5)),
            _ => (EmulatorEndpoint.Token, TimeSpan.FromSeconds(10)),
        };
        if (line.Make() is { } made)
        {
            sample.Binance.Faults.Next(endpoint, made, times: int.MaxValue);
        }

        using var hold = sample.Binance.Faults.Hold(endpoint);
        var sending = SendAsync(visitor, call);
        await hold.WaitForCallsAsync(1, Stop);
        if (line.Member != nameof(EmulatorFaults.Hold))
        {
            hold.Release();
        }

        if (failure is BinanceFailure.Timeout)
        {
            time.Advance(timeout);
        }

        using var response = await sending;
        await AssertSeenAsync(visitor, call, failure, response);
    }

    private static Task<HttpResponseMessage> SendAsync(SampleVisitor visitor, ServerCall call) => call switch
    {
        ServerCall.Refresh => visitor.GetAsync("/profile"),
        ServerCall.Revocation => visitor.SignOutAsync(),
        _ => visitor.SignInAsync("/profile"),
    };

    private static async Task AssertSeenAsync(SampleVisitor visitor, ServerCall call, BinanceFailure? failure, HttpResponseMessage response)
    {
        switch (call)
        {
            // Only a refusal ends a session.
            case ServerCall.Refresh when failure is BinanceFailure.InvalidGrant:
                Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
                Assert.Contains("Sign in with your Binance account", await visitor.GetTextAsync("/"), StringComparison.Ordinal);
                break;

            case ServerCall.Refresh:
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Contains(BinanceEmulatorDefaults.UserId, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
                break;

            case ServerCall.Revocation:
                Assert.Equal((HttpStatusCode.Redirect, "/"), (response.StatusCode, response.Headers.Location!.OriginalString));
                Assert.Contains("Sign in with your Binance account", await visitor.GetTextAsync("/"), StringComparison.Ordinal);
                break;

            case var _ when failure is null:
                Assert.EndsWith("/profile", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
                Assert.Contains(BinanceEmulatorDefaults.UserId, await visitor.GetTextAsync("/profile"), StringComparison.Ordinal);
                break;

            default:
                using (var shown = await visitor.GetAsync(response.Headers.Location!.OriginalString))
                {
                    var page = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Stop));
                    Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
                    Assert.Contains($"<h1>{SignInProblem.Of(failure!.Value, isSignedIn: false, "/profile").Heading}</h1>", page, StringComparison.Ordinal);
                    Assert.Contains("/account/login?returnUrl=%2Fprofile", page, StringComparison.Ordinal);
                }

                break;
        }
    }
}
