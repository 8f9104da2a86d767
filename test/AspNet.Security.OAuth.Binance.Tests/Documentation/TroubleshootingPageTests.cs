using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/troubleshooting.md has each message that a developer meets, in the words of the source, and no message that the source does not have. Of the emulator it has
/// those of its start: all others are in its journal, or the response to a request of its API.
/// </summary>
public sealed partial class TroubleshootingPageTests
{
    private const string Page = "docs/troubleshooting.md";
    private const string Emulator = "AspNet.Security.OAuth.Binance.Emulator/";

    // Files whose texts are no messages for developers.
    private static readonly string[] _otherTexts =
    [
        "AspNet.Security.OAuth.Binance/Endpoints/PageWords.cs", // pages for users
        "AspNet.Security.OAuth.Binance/Endpoints/LoginPage.cs", // their HTML and headers
        "AspNet.Security.OAuth.Binance/Endpoints/LoginRoutes.cs", // summaries in an OpenAPI document
        "AspNet.Security.OAuth.Binance/Diagnostics/BinanceMetrics.cs", // descriptions of instruments
        "AspNet.Security.OAuth.Binance.Native/Loopback/PageWords.cs", // pages for users
        "AspNet.Security.OAuth.Binance.Native/Loopback/Page.cs", // their HTML and headers
        "AspNet.Security.OAuth.Binance.Native/Loopback/Response.cs", // status lines
    ];

    private static readonly string[] _notForDevelopers =
    [
        // ToString.
        "Tokens that expire at …",
        "an unknown time",
        "A sign-in that returns to …",

        // The value of a header.
        "Thu, 01 Jan 1970 00:00:00 GMT",

        // Caught inside the packages, or unreachable there.
        "A session begins with a key.",
        "A store of the web farm failed.",
        "The redirect URI is not on the loopback interface.",
    ];

    private static readonly IReadOnlyList<SourceText> _source = SourceTexts.Read();
    private static readonly string _page = Repository.Read(Page);

    [Fact]
    public void Each_message_of_the_source_is_on_the_page()
    {
        var texts = CodeSpan().Matches(Block().Replace(_page, "")).Select(match => match.Groups[1].Value).Concat(BlockLines()).ToArray();
        var missing = _source
            .Where(text => text.IsSentence && !text.File.StartsWith(Emulator, StringComparison.Ordinal) && !_otherTexts.Contains(text.File) && !_notForDevelopers.Contains(text.Text) && !Array.Exists(texts, line => text.PartsIn(line).Any()))
            .Select(text => $"{text.File}: {text.Text}")
            .ToArray();

        Assert.True(missing is [], $"Not on the page:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Each_message_on_the_page_is_one_of_the_source()
    {
        var lines = Listed().Concat(BlockLines()).ToArray();
        var others = lines.Where(line => !IsCovered(line)).ToArray();

        Assert.InRange(lines.Length, 100, 1000);
        Assert.True(others is [], $"Not in the source:\n{string.Join('\n', others)}");
    }

    [Fact]
    public void Files_and_texts_that_are_left_out_exist()
    {
        Assert.Equal([], _otherTexts.Except(_source.Select(text => text.File)));
        Assert.Equal([], _notForDevelopers.Except(_source.Select(text => text.Text)));
    }

    // Every part of a message that is not in the source is a value, and a value has no space.
    private static bool IsCovered(string line)
    {
        var rest = line.ToCharArray();
        foreach (var (start, length) in _source.Where(text => text.Text.Length > 5).SelectMany(text => text.PartsIn(line)))
        {
            rest.AsSpan(start, length).Fill('\n');
        }

        return !new string(rest).Split('\n').Any(value => value.Trim().Contains(' ', StringComparison.Ordinal));
    }

    private static IEnumerable<string> BlockLines() => Block().Matches(_page).SelectMany(match => match.Groups["lines"].Value.TrimEnd('\n').Split('\n'));

    // The first cells of the tables of messages and of reasons.
    private static IEnumerable<string> Listed()
    {
        var isListed = false;
        foreach (var line in _page.Split('\n'))
        {
            isListed = line.StartsWith('|') && (isListed || line.StartsWith("| message |", StringComparison.Ordinal) || line.StartsWith("| reason |", StringComparison.Ordinal));
            if (isListed)
            {
                foreach (Match match in CodeSpan().Matches(line.Split(" | ")[0]))
                {
                    yield return match.Groups[1].Value;
                }
            }
        }
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^```(?:text\n(?<lines>.*?)|[^\n]*\n.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
