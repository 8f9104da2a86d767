using AspNet.Security.OAuth.Binance.Emulator;
using FsCheck;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The emulator's own endpoints and pages, on its own Kestrel, with whatever can be written down a connection.
/// </summary>
public sealed class EmulatorFuzzTests
{
    // The server's own limit for a request line; what is longer never reaches the emulator, and may be cut without an answer.
    private const int LongestLine = 8 * 1024;

    private static Arbitrary<Edited<EmulatorDraft>> Cases { get; } = Edited<EmulatorDraft>.Cases(EmulatorJourney.Starts, EmulatorDraft.Edits);

    [Fact]
    public async Task The_emulator_never_fails_and_never_gives_what_was_not_earned()
    {
        await using var emulator = await BinanceEmulator.StartAsync(
            options => (options.MaxTokens, options.MaxCodes, options.JournalCapacity) = (20, 20, 20), TestContext.Current.CancellationToken);
        using var http = new RawHttp(emulator.BaseAddress);

        await FuzzRun.HoldsAsync(
            Cases,
            item => CheckAsync(emulator, http, item),
            ("tokens", 500),
            ("OAuth error", 500),
            ("code", 300),
            ("error redirect", 300),
            ("user", 150),
            ("revoked", 150),
            ("API error", 200),
            ("page", 500),
            ("error page", 300));
    }

    private static async Task<string> CheckAsync(BinanceEmulator emulator, RawHttp http, Edited<EmulatorDraft> item)
    {
        var journey = new EmulatorJourney(emulator, http);
        var draft = item.ApplyTo(await journey.DraftAsync(item.Start));
        var before = emulator.Tokens.AccessTokens.Select(token => token.Value).ToHashSet();

        var request = draft.ToBytes();
        var answer = await http.SendAsync(request, draft.IsHead);

        if (answer is null)
        {
            Assert.True(request.Length > LongestLine, "The connection was closed without an answer.");
            return "no answer";
        }

        AssertIsSound(answer);
        var issued = emulator.Tokens.AccessTokens.Count(token => !before.Contains(token.Value));
        Assert.True(issued == 0 || journey.MayIssue(draft), "Tokens were issued for nothing.");
        var outcome = Outcome(journey, draft, answer, issued);
        Assert.True(item.Edits.Count > 0 || IsExpected(item.Start, outcome), $"Unchanged, this came to '{outcome}', {answer.Status}: {answer.Body}");
        return outcome;
    }

    private static void AssertIsSound(RawHttpAnswer answer)
    {
        Assert.InRange(answer.Status, 200, 499);
        Assert.All(answer.Headers, header => Assert.True(header.Value.All(c => c is >= ' ' and <= '~'), $"{header.Key}: {OddText.Quote(header.Value)}"));

        // Pages have neither, but for the one script of the status page; whoever finds one has written it into a request.
        const string own = "<script src=\"/emulator.js\" defer></script>";
        Assert.DoesNotContain("<script", answer.Body.Replace(own, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", answer.Body, StringComparison.OrdinalIgnoreCase);
    }

    private static string Outcome(EmulatorJourney journey, EmulatorDraft draft, RawHttpAnswer answer, int issued)
    {
        if (answer["Location"] is { } location)
        {
            Assert.StartsWith(EmulatorJourney.RedirectUri + "?", location, StringComparison.Ordinal);
            var hasCode = location.Contains("?code=", StringComparison.Ordinal);
            Assert.True(!hasCode || journey.MayApprove(draft), "A code was given without anybody's consent.");
            return hasCode ? "code" : "error redirect";
        }

        if (answer["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) is not true)
        {
            return answer switch
            {
                { Status: 200 } => "page",
                { Body.Length: 0 } => "server's refusal",
                _ => "error page",
            };
        }

        switch (answer)
        {
            case { Status: 200, Body: var body } when body.Contains("access_token", StringComparison.Ordinal):
                Assert.Equal(1, issued);
                return "tokens";
            case { Status: 200, Body: var body }:
                Assert.True(journey.MayRead(draft), "Somebody without a token was answered.");
                return body.Contains("userId", StringComparison.Ordinal) ? "user" : "revoked";
            default:
                return answer.Body.Contains("\"error\"", StringComparison.Ordinal) ? "OAuth error" : "API error";
        }
    }

    private static bool IsExpected(string start, string outcome) => outcome == start switch
    {
        "a code" or "a refresh token" => "tokens",
        "approved at once" or "an answer to the consent page" => "code",
        "refused at once" => "error redirect",
        "user-info" => "user",
        "revocation" => "revoked",
        _ => "page",
    };
}
