using System.Security.Claims;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// User-info and revocation with whatever a broken, hostile or half-dead server answers.
/// </summary>
public sealed class EnvelopeFuzzTests
{
    private static Arbitrary<Edited<AnswerDraft>> UserCases { get; } = Edited<AnswerDraft>.Cases(
        Gen.Constant("the documented user"), AnswerDraft.Edits("code", "message", "data", "success", "data.userId", "data.userId", "data.email"));

    private static Arbitrary<Edited<AnswerDraft>> RevocationCases { get; } = Edited<AnswerDraft>.Cases(
        Gen.Constant("the documented revocation"), AnswerDraft.Edits("code", "message", "data", "success"));

    [Fact]
    public async Task An_envelope_names_a_user_only_if_every_field_says_so()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            UserCases,
            async item =>
            {
                var draft = new AnswerDraft(
                    ("code", "\"000000\""), ("message", "null"), ("data", $$"""{"userId":"{{Answers.UserId}}","email":"{{Answers.Email}}"}"""), ("success", "true"));
                var answer = item.ApplyTo(draft).ToAnswer();
                (site.Failure, site.Backchannel.User) = (null, answer);

                // Each its own, because the outcome of one is remembered.
                var signIn = await site.ChallengeAsync();
                var page = await site.SendAsync(FuzzSite.CallbackPath, signIn.Query, signIn.Cookie);
                BinanceUser? user = null;
                var exception = await Record.ExceptionAsync(
                    async () => user = await site.Client.GetUserAsync(Answers.AccessToken, cancellationToken: TestContext.Current.CancellationToken));

                page.AssertIsSound();
                site.Log.AssertIsSound();
                var verdict = Expected.User(answer, out var json);
                var ticket = site.Tickets.Unprotect(page.Session);
                Assert.Equal(ticket is null, user is null);
                if (user is null)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    TypedFailure.Check(site.Failure, answer, json: null);
                    return TypedFailure.Check(exception, answer, json: null);
                }

                Assert.NotEqual(Verdict.Failure, verdict);
                var email = json!["data"]!["email"] is { Text: { Length: > 0 } text } ? text : null;
                Assert.Equal((json["data"]!["userId"]!.Text, email), (user.UserId, user.Email));
                Assert.Equal((user.UserId, email), (Claim(ClaimTypes.NameIdentifier), Claim(ClaimTypes.Email)));
                return "Success";

                string? Claim(string type) => ticket!.Principal.FindFirst(type)?.Value;
            },
            ("Success", 2500),
            ("InvalidResponse", 1000),
            ("ApiError", 200),
            ("Unavailable", 100));
    }

    [Fact]
    public async Task An_envelope_revokes_only_if_every_field_says_so()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            RevocationCases,
            async item =>
            {
                var draft = new AnswerDraft(("code", "\"000000\""), ("message", "null"), ("data", "true"), ("success", "true"));
                var answer = item.ApplyTo(draft).ToAnswer();
                site.Backchannel.Revocation = answer;

                var exception = await Record.ExceptionAsync(
                    () => site.Client.RevokeTokenAsync(Answers.AccessToken, cancellationToken: TestContext.Current.CancellationToken));

                var verdict = Expected.Revocation(answer);
                Assert.NotEqual(exception is null ? Verdict.Failure : Verdict.Success, verdict);
                return exception is null ? "Success" : TypedFailure.Check(exception, answer, json: null);
            },
            ("Success", 2000),
            ("InvalidResponse", 1000),
            ("ApiError", 200),
            ("Unavailable", 100));
    }
}
