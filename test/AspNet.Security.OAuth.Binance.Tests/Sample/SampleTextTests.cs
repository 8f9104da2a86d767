using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// Every text of the sample is in English and in Turkish.
/// </summary>
public sealed partial class SampleTextTests
{
    private static readonly string[] _folders = ["Controllers", "Models", "Views"];

    [Fact]
    public void Every_text_has_a_Turkish_one_and_every_Turkish_one_is_used()
    {
        var folder = Path.Combine(Repository.Root, "sample-web");
        var keys = _folders
            .SelectMany(part => Directory.GetFiles(Path.Combine(folder, part), "*.cs*", SearchOption.AllDirectories))
            .SelectMany(file => Key().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        var turkish = XDocument.Load(Path.Combine(folder, "Localization", "Texts.tr.resx")).Descendants("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

        Assert.NotEmpty(keys);
        Assert.Empty(keys.Except(turkish.Keys));
        Assert.Empty(turkish.Keys.Except(keys));
        Assert.All(turkish, text =>
        {
            Assert.False(string.IsNullOrWhiteSpace(text.Value), text.Key);
            Assert.Equal(Placeholders(text.Key), Placeholders(text.Value));
        });
    }

    [Fact]
    public async Task No_text_of_a_page_is_the_same_in_English_and_in_Turkish()
    {
        await using var sample = new SampleFactory { KeepsSessionsOnServer = true };
        using var anonymous = new SampleVisitor(sample);
        using var withEmail = new SampleVisitor(sample);
        using var withoutEmail = new SampleVisitor(sample);
        using var elsewhere = new SampleVisitor(sample);
        var user = sample.Binance.Users.First(user => user.Email is null).UserId;
        using var first = await withEmail.SignInAsync();
        using var second = await withoutEmail.SignInAsync(userId: user);
        using var third = await elsewhere.SignInAsync(userId: user);

        await AssertTranslatedAsync(anonymous, Pages());
        await AssertTranslatedAsync(withEmail, ["/", "/profile", "/account/failed?failure=correlation_failed"]);
        await AssertTranslatedAsync(withoutEmail, ["/", "/profile"]);

        // What the pages show of a user is the same in both languages.
        async Task AssertTranslatedAsync(SampleVisitor visitor, IEnumerable<string> paths)
        {
            var data = sample.Binance.Users.SelectMany(one => new[] { one.UserId, one.Email }).Append("/api/me").Append("user:openId").Append("user:email");
            foreach (var path in paths)
            {
                var english = Texts(await visitor.GetTextAsync(path, "en"));
                var turkish = Texts(await visitor.GetTextAsync(path, "tr"));

                Assert.True(english.Count > 10, path);
                Assert.Empty(english.Intersect(turkish).Except(data).Select(text => $"{path}: {text}"));
            }
        }
    }

    private static IEnumerable<string> Pages()
    {
        var failures = SiteFailures.All.Select(failure => $"/account/failed?returnUrl=%2Fprofile&failure={JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString())}");
        return [.. failures, "/", "/account/denied", "/no-such-page", "/error/400", "/error/405", "/error/418", "/error/503"];
    }

    // Between tags, and read by a screen reader. A number or a sign is no text.
    private static HashSet<string> Texts(string page) => [.. Text().Matches(page)
        .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value.Trim()))
        .Where(text => text.Any(char.IsLetter))];

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    // The texts of SignInProblem.cs are lines of their own.
    [GeneratedRegex(@"(?:\b(?:text|Text|Markup)\[|^ {12}(?=""[^""]*""(?:,|\),)\r?$))""((?:[^""\\]|\\.)*)""", RegexOptions.Multiline)]
    private static partial Regex Key();

    [GeneratedRegex(@"\{\d\}|<[^>]*>")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(?:>|aria-label=\")([^<>\"]+)(?:<|\")")]
    private static partial Regex Text();
}
