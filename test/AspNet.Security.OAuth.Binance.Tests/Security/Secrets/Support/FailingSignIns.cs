using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Sign-ins that fail, each kind of failure once, with a server that repeats what it was sent.
/// </summary>
/// <param name="binance">The server.</param>
/// <param name="scan">Gets the codes as secrets.</param>
/// <param name="clock">The site's time.</param>
/// <param name="newBrowser">Opens a browser.</param>
/// <param name="login">The page that starts a sign-in and ends on what <c>returnUrl</c> says.</param>
internal sealed class FailingSignIns(BinanceEmulator binance, SecretScan scan, TestTime clock, Func<SiteBrowser> newBrowser, Func<string, string> login)
{
    private const string Landing = "/";

    private string ClientSecret => binance.Clients.Single().ClientSecret!;

    /// <summary>Fails with each kind, and checks that it was that kind.</summary>
    public async Task FailInEveryWayAsync()
    {
        foreach (var kind in SiteFailures.All)
        {
            var browser = newBrowser();
            var response = await FailAsync(browser, kind);
            var end = new Uri(response.Address, response.Location!);
            var ended = QueryHelpers.ParseQuery(end.Query);
            var expected = JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
            Assert.Equal(expected, ended.TryGetValue("failure", out var failure) ? failure.Single() : end.AbsolutePath == "/account/denied" ? "access_denied" : null);

            // The page that it ends on is recorded as well.
            await browser.GetAsync(end.PathAndQuery);
        }
    }

    private async Task<SiteResponse> FailAsync(SiteBrowser browser, BinanceFailure kind)
    {
        var callback = await scan.ConsentAsync(browser, login(kind is BinanceFailure.Unknown ? FailureEvents.Fault : Landing), denies: kind is BinanceFailure.AccessDenied);
        var query = QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..]);
        var state = query["state"].Single()!;
        var code = query.TryGetValue("code", out var codes) ? codes.Single()! : "";
        switch (kind)
        {
            case BinanceFailure.Unknown:
            case BinanceFailure.AccessDenied:
                break;

            case BinanceFailure.AuthorizationError:
                callback = Callback(("state", state), ("code", code), ("error", code[..16]), ("error_description", $"{code} {state} {state[100..116]}"));
                break;

            case BinanceFailure.InvalidCallback:
                callback += "&code=" + code;
                break;

            case BinanceFailure.InvalidState:
                callback = Callback(("state", state[..^10]), ("code", code));
                break;

            case BinanceFailure.CorrelationFailed:
                return await newBrowser().GetAsync(callback);

            case BinanceFailure.InvalidClient:
                RespondToToken(RecordedServer.Echo("invalid_client", ClientSecret, code), 401);
                break;

            case BinanceFailure.InvalidGrant:
                RespondToToken(RecordedServer.Echo("invalid_grant", code, ClientSecret), 400);
                break;

            case BinanceFailure.TokenError:
                RespondToToken(RecordedServer.Echo(code[..20], code, ClientSecret), 400);
                break;

            case BinanceFailure.InvalidResponse:
                RespondToToken($"[\"{code} {ClientSecret}\"]", 200);
                break;

            case BinanceFailure.Unavailable:
                RespondToToken(RecordedServer.Echo("server_error", code, ClientSecret), 503);
                break;

            case BinanceFailure.ApiError:
                // With tokens that are known before the response, so that it can repeat them.
                var tokens = binance.Tokens.Issue();
                RespondToToken($$"""{"access_token":"{{tokens.AccessToken}}","refresh_token":"{{tokens.RefreshToken}}","token_type":"bearer","expires_in":3600}""", 200);
                binance.Faults.Next(
                    EmulatorEndpoint.UserInfo, EmulatorFault.Body(RecordedServer.Echo("error", tokens.AccessToken, tokens.RefreshToken, code, ClientSecret)));
                break;

            case BinanceFailure.Timeout:
                binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
                var timeout = TimeSpan.FromSeconds(10);
                var waiting = clock.NextTimer(timeout);
                var response = browser.GetAsync(callback);
                await waiting;
                clock.Advance(timeout);
                return await response;

            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No sign-in fails with this kind yet.");
        }

        return await browser.GetAsync(callback);
    }

    private void RespondToToken(string body, int status) => binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body, status));

    private static string Callback(params (string Name, string Value)[] query)
        => QueryHelpers.AddQueryString("/signin-binance", query.ToDictionary(pair => pair.Name, pair => (string?)pair.Value));
}
