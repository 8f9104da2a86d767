using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/blazor.md has the files of the Blazor site, which the end-to-end tests drive with a browser.
/// </summary>
public sealed partial class BlazorPageTests
{
    private const string Site = "test/AspNet.Security.OAuth.Binance.BlazorSite";

    // Those of the template, which a reader keeps.
    private static readonly string[] _ofTheTemplate = ["Components/Pages/Error.razor", "Components/Pages/NotFound.razor"];

    private static readonly string _page = Repository.Read("docs/blazor.md");

    public static TheoryData<string> Files => [.. FileBlock().Matches(_page).Select(block => block.Groups["file"].Value)];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_on_the_page_is_that_of_the_site(string file)
        => Assert.Equal(Repository.Read($"{Site}/{file}"), FileBlock().Matches(_page).Single(block => block.Groups["file"].Value == file).Groups["code"].Value);

    [Fact]
    public void Page_has_all_files_of_the_site_and_no_other_code()
    {
        var root = Path.Combine(Repository.Root, Site);
        var files = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(root, "*.razor", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .Except(_ofTheTemplate);

        Assert.Equal(files.Order(StringComparer.Ordinal), FileBlock().Matches(_page).Select(block => block.Groups["file"].Value).Order(StringComparer.Ordinal));
        Assert.Equal(FileBlock().Count(_page), CodeBlock().Count(_page));
    }

    [GeneratedRegex(@"^`(?<file>[\w/.]+)`:[^`]*(?:`[^`\n]+`[^`]*)*\n\n```(?:csharp|razor)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FileBlock();

    [GeneratedRegex(@"^```(?!sh$)\w+$", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
