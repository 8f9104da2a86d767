using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The token endpoint with whatever a broken, hostile or half-dead server answers, for a code and for a refresh token.
/// </summary>
public sealed class TokenAnswerFuzzTests
{
    private static readonly string[] _names = ["access_token", "refresh_token", "token_type", "scope", "expires_in"];

    private static Arbitrary<Edited<AnswerDraft>> Cases { get; } = Edited<AnswerDraft>.Cases(
        Gen.Constant("the documented tokens"),
        [
            .. AnswerDraft.Edits(_names),
            (2, from name in Gen.Elements("error", "error_description", "message", "code")
                from edit in Edit<AnswerDraft>.Of(
                    $"{name} repeats what was sent, after",
                    Gen.Elements("", "a ", "code="),
                    (draft, text) => draft.Set(name, $"\"{OddJson.Escape($"{text}{TestSite.ClientSecret} {SiteBrowser.Code}")}\""))
                select edit),
        ]);

    [Fact]
    public async Task A_token_answer_signs_in_only_if_it_keeps_to_the_documents()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            Cases,
            async item =>
            {
                var answer = item.ApplyTo(Documented()).ToAnswer();
                (site.Failure, site.Backchannel.Token) = (null, answer);

                // Each its own, because the outcome of one is remembered.
                var signIn = await site.ChallengeAsync();
                var page = await site.SendAsync(FuzzSite.CallbackPath, signIn.Query, signIn.Cookie);

                page.AssertIsSound();
                site.Log.AssertIsSound();
                var verdict = Expected.Tokens(answer, out var json);
                if (site.Tickets.Unprotect(page.Session) is not { } ticket)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    return TypedFailure.Check(site.Failure, answer, json);
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
            ("Success", 2500),
            ("InvalidResponse", 1000),
            ("TokenError", 100),
            ("InvalidGrant", 15),
            ("InvalidClient", 15),
            ("Unavailable", 100));
    }

    [Fact]
    public async Task A_token_answer_refreshes_only_if_it_keeps_to_the_documents()
    {
        await using var site = await FuzzSite.StartAsync();
        var count = 0;

        await FuzzRun.HoldsAsync(
            Cases,
            async item =>
            {
                var answer = item.ApplyTo(Documented()).ToAnswer();
                site.Backchannel.Token = answer;

                // Each its own, because the outcome of one is remembered.
                var refreshToken = string.Create(CultureInfo.InvariantCulture, $"refresh-{++count}");
                BinanceTokens? tokens = null;
                var exception = await Record.ExceptionAsync(
                    async () => tokens = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: TestContext.Current.CancellationToken));

                site.Log.AssertIsSound();
                var verdict = Expected.Tokens(answer, out var json);
                if (tokens is null)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    return TypedFailure.Check(exception, answer, json);
                }

                Assert.NotEqual(Verdict.Failure, verdict);
                AssertTokens(json!, tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt, refreshToken);
                return "Success";
            },
            ("Success", 2500),
            ("InvalidResponse", 1000),
            ("TokenError", 100),
            ("InvalidGrant", 15),
            ("InvalidClient", 15),
            ("Unavailable", 100));
    }

    private static AnswerDraft Documented() => new(
        ("access_token", $"\"{Answers.AccessToken}\""),
        ("refresh_token", $"\"{Answers.RefreshToken}\""),
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
