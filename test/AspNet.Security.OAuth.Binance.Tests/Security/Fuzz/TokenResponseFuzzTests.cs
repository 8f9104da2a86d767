using System.Globalization;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The token endpoint with any response of a broken or hostile server, for a code and for a refresh token.
/// </summary>
public sealed class TokenResponseFuzzTests
{
    private static readonly string[] _names = ["access_token", "refresh_token", "token_type", "scope", "expires_in"];

    private static readonly (string Outcome, int Least)[] _outcomes
        = [("Success", 2500), ("InvalidResponse", 1000), ("TokenError", 100), ("InvalidGrant", 15), ("InvalidClient", 15), ("Unavailable", 100)];

    private static Arbitrary<Edited<ResponseDraft>> Cases { get; } = Edited<ResponseDraft>.Cases(
        Gen.Constant("the documented tokens"),
        [
            .. ResponseDraft.Edits(_names),
            (2, from name in Gen.Elements("error", "error_description", "message", "code")
                from edit in Edit<ResponseDraft>.Of(
                    $"{name} repeats what was sent, after",
                    Gen.Elements("", "a ", "code="),
                    (draft, text) => draft.Set(name, $"\"{OddJson.Escape($"{text}{TestSite.ClientSecret} {SiteBrowser.Code}")}\""))
                select edit),
        ]);

    [Fact]
    public async Task A_token_response_signs_in_only_if_it_is_as_documented()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            Cases,
            async item =>
            {
                var response = item.ApplyTo(Documented()).ToBackchannel();
                (site.Failure, site.Backchannel.Token) = (null, response);

                // A new one for each case, because the outcome of a code or token is kept.
                var signIn = await site.ChallengeAsync();
                var page = await site.SendAsync(FuzzSite.CallbackPath, signIn.Query, signIn.Cookie);

                page.AssertIsSound();
                site.Log.AssertIsSound();
                var verdict = Expected.Tokens(response, out var json);
                if (site.Tickets.Unprotect(page.Session) is not { } ticket)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    return TypedFailure.Check(site.Failure, response, json);
                }

                Assert.NotEqual(Verdict.Failure, verdict);
                AssertTokens(
                    json!,
                    ticket.Properties.GetTokenValue("access_token"),
                    ticket.Properties.GetTokenValue("refresh_token"),
                    ticket.Properties.GetTokenValue("expires_at") is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : null,
                    previous: null);
                return "Success";
            },
            _outcomes);
    }

    [Fact]
    public async Task A_token_response_refreshes_only_if_it_is_as_documented()
    {
        await using var site = await FuzzSite.StartAsync();
        var count = 0;

        await FuzzRun.HoldsAsync(
            Cases,
            async item =>
            {
                var response = item.ApplyTo(Documented()).ToBackchannel();
                site.Backchannel.Token = response;

                // A new one for each case, because the outcome of a code or token is kept.
                var refreshToken = string.Create(CultureInfo.InvariantCulture, $"refresh-{++count}");
                BinanceTokens? tokens = null;
                var exception = await Record.ExceptionAsync(
                    async () => tokens = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: TestContext.Current.CancellationToken));

                site.Log.AssertIsSound();
                var verdict = Expected.Tokens(response, out var json);
                if (tokens is null)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    return TypedFailure.Check(exception, response, json);
                }

                Assert.NotEqual(Verdict.Failure, verdict);
                AssertTokens(json!, tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt, refreshToken);
                return "Success";
            },
            _outcomes);
    }

    private static ResponseDraft Documented() => new(
        ("access_token", $"\"{Responses.AccessToken}\""),
        ("refresh_token", $"\"{Responses.RefreshToken}\""),
        ("scope", "\"read\""),
        ("token_type", "\"bearer\""),
        ("expires_in", "30714"));

    private static void AssertTokens(JsonValue json, string? accessToken, string? refreshToken, DateTimeOffset? expiresAt, string? previous)
    {
        Assert.Equal(json["access_token"]!.Text, accessToken);
        Assert.Equal(json["refresh_token"] is { Text: { Length: > 0 } rotated } ? rotated : previous, refreshToken);
        Assert.Equal(json["expires_in"]?.Text is { } seconds ? FuzzTime.Now.AddSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) : null, expiresAt);
    }
}
