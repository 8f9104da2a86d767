using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/identity.md has the files of the site with ASP.NET Core Identity, which the end-to-end tests drive with a browser.
/// </summary>
public sealed partial class IdentityPageTests
{
    private const string Site = "test/AspNet.Security.OAuth.Binance.IdentitySite";

    // Those of the template, which a reader keeps.
    private static readonly string[] _ofTheTemplate =
        ["Areas/Identity/Pages/_ViewStart.cshtml", "Pages/Error.cshtml", "Pages/_ViewImports.cshtml", "Pages/_ViewStart.cshtml"];

    private static readonly string _page = Repository.Read("docs/identity.md");

    public static TheoryData<string> Files => [.. FileBlock().Matches(_page).Select(block => block.Groups["file"].Value)];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_on_the_page_is_that_of_the_site(string file)
        => Assert.Equal(Repository.Read($"{Site}/{file}"), FileBlock().Matches(_page).Single(block => block.Groups["file"].Value == file).Groups["code"].Value);

    [Fact]
    public void Page_has_all_files_of_the_site()
    {
        var root = Path.Combine(Repository.Root, Site);
        var files = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(root, "*.cshtml", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .Except(_ofTheTemplate);

        Assert.Equal(files.Order(StringComparer.Ordinal), FileBlock().Matches(_page).Select(block => block.Groups["file"].Value).Order(StringComparer.Ordinal));
    }

    /// <summary>The first block is what of it belongs to Binance.</summary>
    [Fact]
    public void All_other_code_is_the_beginning_whose_calls_are_those_of_the_site()
    {
        Assert.Equal(FileBlock().Count(_page) + 1, CodeBlock().Count(_page));

        var program = Repository.Read($"{Site}/Program.cs");
        var calls = Call().Matches(Repository.CSharpBlocks(_page).First()).Select(match => match.Value).ToArray();
        Assert.Contains("AddBinanceTokens(", calls);
        Assert.All(calls, call => Assert.Contains(call, program, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^`(?<file>[\w/.]+)`:[^`]*(?:`[^`\n]+`[^`]*)*\n\n```(?:csharp|cshtml)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FileBlock();

    [GeneratedRegex(@"^```(?!sh$)\w+$", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\bAdd\w+(?:<\w+>)?\(")]
    private static partial Regex Call();
}
