using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// User-info and revocation with any response of a broken or hostile server.
/// </summary>
public sealed class EnvelopeFuzzTests
{
    private static Arbitrary<Edited<ResponseDraft>> UserCases { get; } = Edited<ResponseDraft>.Cases(
        Gen.Constant("the documented user"), ResponseDraft.Edits("code", "message", "data", "success", "data.userId", "data.userId", "data.email"));

    private static Arbitrary<Edited<ResponseDraft>> RevocationCases { get; } = Edited<ResponseDraft>.Cases(
        Gen.Constant("the documented revocation"), ResponseDraft.Edits("code", "message", "data", "success"));

    [Fact]
    public async Task An_envelope_is_a_user_only_if_every_field_is_as_documented()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            UserCases,
            async item =>
            {
                var draft = new ResponseDraft(
                    ("code", "\"000000\""), ("message", "null"), ("data", $$"""{"userId":"{{Responses.UserId}}","email":"{{Responses.Email}}"}"""), ("success", "true"));
                var response = item.ApplyTo(draft).ToBackchannel();
                (site.Failure, site.Backchannel.User) = (null, response);

                // A new one for each case, because the outcome of a code or token is kept.
                var signIn = await site.ChallengeAsync();
                var page = await site.SendAsync(FuzzSite.CallbackPath, signIn.Query, signIn.Cookie);
                BinanceUser? user = null;
                var exception = await Record.ExceptionAsync(
                    async () => user = await site.Client.GetUserAsync(Responses.AccessToken, cancellationToken: TestContext.Current.CancellationToken));

                page.AssertIsSound();
                site.Log.AssertIsSound();
                var verdict = Expected.User(response, out var json);
                var ticket = site.Tickets.Unprotect(page.Session);
                Assert.Equal(ticket is null, user is null);
                if (user is null)
                {
                    Assert.NotEqual(Verdict.Success, verdict);
                    TypedFailure.Check(site.Failure, response, json: null);
                    return TypedFailure.Check(exception, response, json: null);
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
    public async Task An_envelope_is_a_revocation_only_if_every_field_is_as_documented()
    {
        await using var site = await FuzzSite.StartAsync();

        await FuzzRun.HoldsAsync(
            RevocationCases,
            async item =>
            {
                var draft = new ResponseDraft(("code", "\"000000\""), ("message", "null"), ("data", "true"), ("success", "true"));
                var response = item.ApplyTo(draft).ToBackchannel();
                site.Backchannel.Revocation = response;

                var exception = await Record.ExceptionAsync(
                    () => site.Client.RevokeTokenAsync(Responses.AccessToken, cancellationToken: TestContext.Current.CancellationToken));

                var verdict = Expected.Revocation(response);
                Assert.NotEqual(exception is null ? Verdict.Failure : Verdict.Success, verdict);
                return exception is null ? "Success" : TypedFailure.Check(exception, response, json: null);
            },
            ("Success", 2000),
            ("InvalidResponse", 1000),
            ("ApiError", 200),
            ("Unavailable", 100));
    }
}
