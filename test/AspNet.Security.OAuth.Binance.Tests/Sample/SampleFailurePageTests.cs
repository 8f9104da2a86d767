using System.Text.Json;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The structure of the pages that explain a failure.
/// </summary>
public sealed partial class SampleFailurePageTests(SampleFactory sample) : IClassFixture<SampleFactory>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_of_a_failure_has_one_primary_button_and_explains_first(bool isSignedIn)
    {
        using var visitor = new SampleVisitor(sample);
        using var signedIn = isSignedIn ? await visitor.SignInAsync() : null;

        foreach (var path in Paths())
        {
            var page = Content().Match(await visitor.GetTextAsync(path)).Value;
            Assert.True(PrimaryButton().Count(page) is 1, $"{path}: {page}");
            Assert.True(Explanation().IsMatch(page), $"{path}: {page}");
        }
    }

    private static IEnumerable<string> Paths()
    {
        var failures = SiteFailures.All.Select(failure => $"/account/failed?returnUrl=%2Fprofile&failure={JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString())}");
        return [.. failures, "/account/denied", "/no-such-page", "/error/400", "/error/405", "/error/418", "/error/500", "/error/503"];
    }

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline)]
    private static partial Regex Content();

    // Neither quiet nor a link in a text.
    [GeneratedRegex("class=\"button( large| )?\"")]
    private static partial Regex PrimaryButton();

    // What is beside the explanation follows it, and is muted.
    [GeneratedRegex("</h1>\\s*<p class=\"lead\">[^<]+</p>(\\s*<p class=\"muted\">[^<]+</p>)?\\s*<div class=\"actions\">")]
    private static partial Regex Explanation();
}
