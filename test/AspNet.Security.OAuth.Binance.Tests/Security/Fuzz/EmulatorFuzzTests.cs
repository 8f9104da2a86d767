using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The emulator's endpoints and pages, on its own Kestrel, with any bytes on a connection.
/// </summary>
public sealed class EmulatorFuzzTests
{
    // Kestrel's limit for a request line; a longer one does not reach the emulator, and its connection may be closed without a response.
    private const int LongestLine = 8 * 1024;

    private static Arbitrary<Edited<EmulatorDraft>> Cases { get; } = Edited<EmulatorDraft>.Cases(EmulatorJourney.Starts, EmulatorDraft.Edits);

    [Fact]
    public async Task The_emulator_never_fails_and_issues_nothing_for_an_invalid_request()
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
        var response = await http.SendAsync(request, draft.IsHead);

        if (response is null)
        {
            Assert.True(request.Length > LongestLine, "The connection was closed without a response.");
            return "no response";
        }

        AssertIsSound(response);
        var issued = emulator.Tokens.AccessTokens.Count(token => !before.Contains(token.Value));
        Assert.True(issued == 0 || journey.MayIssue(draft), "Tokens were issued for nothing.");
        var outcome = Outcome(journey, draft, response, issued);
        Assert.True(item.Edits.Count > 0 || IsExpected(item.Start, outcome), $"Unchanged, this came to '{outcome}', {response.Status}: {response.Body}");
        return outcome;
    }

    private static void AssertIsSound(RawHttpResponse response)
    {
        Assert.InRange(response.Status, 200, 499);
        Assert.All(response.Headers, header => Assert.True(header.Value.All(c => c is >= ' ' and <= '~'), $"{header.Key}: {OddText.Quote(header.Value)}"));

        // Only the status page has a script. Any other one is from the request.
        const string own = "<script src=\"/emulator.js\" defer></script>";
        Assert.DoesNotContain("<script", response.Body.Replace(own, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", response.Body, StringComparison.OrdinalIgnoreCase);
    }

    private static string Outcome(EmulatorJourney journey, EmulatorDraft draft, RawHttpResponse response, int issued)
    {
        if (response["Location"] is { } location)
        {
            Assert.StartsWith(EmulatorJourney.RedirectUri + "?", location, StringComparison.Ordinal);
            var hasCode = location.Contains("?code=", StringComparison.Ordinal);
            Assert.True(!hasCode || journey.MayApprove(draft), "A code was issued without consent.");
            return hasCode ? "code" : "error redirect";
        }

        if (response["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) is not true)
        {
            return response switch
            {
                { Status: 200 } => "page",
                { Body.Length: 0 } => "server's refusal",
                _ => "error page",
            };
        }

        switch (response)
        {
            case { Status: 200, Body: var body } when body.Contains("access_token", StringComparison.Ordinal):
                Assert.Equal(1, issued);
                return "tokens";
            case { Status: 200, Body: var body }:
                Assert.True(journey.MayRead(draft), "User data was returned without a token.");
                return body.Contains("userId", StringComparison.Ordinal) ? "user" : "revoked";
            default:
                return response.Body.Contains("\"error\"", StringComparison.Ordinal) ? "OAuth error" : "API error";
        }
    }

    private static bool IsExpected(string start, string outcome) => outcome == start switch
    {
        "a code" or "a refresh token" => "tokens",
        "approved at once" or "a decision on the consent page" => "code",
        "refused at once" => "error redirect",
        "user-info" => "user",
        "revocation" => "revoked",
        _ => "page",
    };
}
