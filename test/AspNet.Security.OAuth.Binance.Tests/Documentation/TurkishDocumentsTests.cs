using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The Turkish documents are kept in step with the English ones: the same code, calls, pictures and parts.
/// </summary>
public sealed partial class TurkishDocumentsTests
{
    private const string Turkish = "README.tr.md";
    private const string English = "README.md";
    private const string Start = "docs/tr/getting-started.md";

    // A program that compiles and runs, because the English one does: ReadmeSiteTests.
    [Fact]
    public void Code_of_both_readmes_is_the_same() => Assert.Equal(Blocks(English), Blocks(Turkish));

    [Fact]
    public void Code_of_getting_started_is_that_of_the_English_documents()
    {
        var english = Blocks("docs/site.md").Concat(Blocks("docs/going-live.md")).ToArray();

        Assert.NotEmpty(Blocks(Start));
        Assert.All(Blocks(Start), block => Assert.Contains(block, english));
    }

    [Fact]
    public void Tables_of_both_readmes_have_the_same_code_in_each_row()
        => Assert.Equal(Rows(English).Select(Code), Rows(Turkish).Select(Code));

    [Fact]
    public void Table_of_endpoints_has_the_same_endpoints()
        => Assert.Equal(
            Repository.Table("docs/site.md", "endpoint").Select(row => row.Split(" | ")[0]), Repository.Table(Start, "uç nokta").Select(row => row.Split(" | ")[0]));

    [Fact]
    public void Both_readmes_have_the_same_parts_and_link_to_each_other()
    {
        Assert.Equal(Headings(English), Headings(Turkish));
        Assert.Contains($"]({Turkish})", Repository.Read(English), StringComparison.Ordinal);
        Assert.Contains($"]({English})", Repository.Read(Turkish), StringComparison.Ordinal);
    }

    private static string[] Blocks(string document) => [.. Block().Matches(Repository.Read(document)).Select(match => match.Value)];

    private static string[] Rows(string document) => [.. Repository.WithoutCode(Repository.Read(document)).Split('\n').Where(line => line.StartsWith('|'))];

    private static string Code(string row) => string.Concat(Span().Matches(row).Select(match => match.Value));

    private static int Headings(string document) => Repository.WithoutCode(Repository.Read(document)).Split('\n').Count(line => line.StartsWith("## ", StringComparison.Ordinal));

    [GeneratedRegex(@"^```(?:sh|csharp[^\n]*)\n.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    // A piece of code, or the address of a picture.
    [GeneratedRegex(@"`[^`]+`|docs/images/\w+\.png")]
    private static partial Regex Span();
}
