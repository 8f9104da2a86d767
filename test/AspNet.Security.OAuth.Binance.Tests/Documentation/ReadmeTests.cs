using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

public sealed partial class ReadmeTests
{
    private static readonly string[] _code = ["src", "test", "sample-web", "sample-spa", "sample-native"];

    // The tests and the whole programs.
    private static readonly Lazy<string> _running = new(() => string.Concat(Directory
        .GetFiles(Path.Combine(Repository.Root, "test", "AspNet.Security.OAuth.Binance.Tests"), "*.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText)
        .Concat(ReadmeProgram.AllBlocks)
        .Select(Lines)));

    public static TheoryData<string> Documents => [.. Repository.Documents];

    /// <summary>
    /// All documents with C#, but those that have the files of a site, which is compiled and driven (<see cref="BlazorPageTests"/>, <see cref="IdentityPageTests"/>),
    /// and the one with a reader's tests, which <c>test/packages</c> runs on the site of the README.
    /// </summary>
    public static TheoryData<string> DocumentsWithCode => [.. Repository.Documents
        .Where(document => Repository.CSharpBlocks(Repository.Read(document)).Any())
        .Except([.. SiteOnPage.Documents, "docs/testing.md"])];

    /// <summary>
    /// Each piece of a document's code after its usings is in a test or a whole program, whatever its indentation. Whole programs are compiled and
    /// run as they are, by <see cref="ReadmeSiteTests"/>, <see cref="ReadmeWorkerTests"/>, <see cref="ReadmeConsoleTests"/> and <see cref="ReadmeNativeTests"/>.
    /// </summary>
    [Theory]
    [MemberData(nameof(DocumentsWithCode))]
    public void Code_of_the_documents_is_code_that_runs(string document)
    {
        var blocks = new DocumentCode(document, Repository.Read(document)).Blocks;

        Assert.All(blocks.SelectMany(block => block.Body.Split("\n\n")), part => Assert.Contains(Lines(part), _running.Value, StringComparison.Ordinal));
    }

    /// <summary>The program of the section "Use it" is the only code block of the README: everything else is in a document, above.</summary>
    [Fact]
    public void Code_of_the_readme_is_its_program()
    {
        var readme = Repository.Read("README.md");

        Assert.Equal(ReadmeProgram.Site.Blocks(readme), Repository.CSharpBlocks(readme));
    }

    [Fact]
    public void Calls_in_the_table_of_the_readme_are_in_the_documents_that_it_links_to()
    {
        var rows = Repository.Table("README.md", "application");

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var documents = string.Concat(Link().Matches(row).Select(match => Repository.Read(match.Groups[1].Value.Split('#') is [{ Length: > 0 } file, ..] ? file : "README.md")));
            Assert.All(Call().Matches(row.Split(" | ")[1]), call => Assert.Contains(call.Groups[1].Value, documents, StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_of_the_documents_lead_to_files_and_headings_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        var targets = Link().Matches(Repository.WithoutCode(Repository.Read(document)))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target =>
        {
            var parts = target.Split('#');
            var file = parts[0].Length > 0 ? Path.Combine(folder, parts[0]) : document;
            Assert.True(Path.Exists(Path.Combine(Repository.Root, file)), $"{document} links to {target}, which is not there.");
            Assert.True(parts is [_] || Repository.Anchors(file).Contains(parts[1]), $"{document} links to {target}, and there is no such heading.");
        });
    }

    [Fact]
    public void Documents_that_the_code_names_exist()
    {
        var named = _code
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .SelectMany(file => Named().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, name =>
        {
            var parts = name.Split('#');
            Assert.True(File.Exists(Path.Combine(Repository.Root, parts[0])), $"The code names {name}, which is not there.");
            Assert.True(parts is [_] || Repository.Anchors(parts[0]).Contains(parts[1]), $"The code names {name}, and there is no such heading.");
        });
    }

    [Fact]
    public void Index_has_all_documents()
    {
        var linked = Link().Matches(Repository.Read("docs/README.md")).Select(match => match.Groups[1].Value);

        Assert.Equal(
            Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(Path.GetFileName).Where(file => file != "README.md").Order(StringComparer.Ordinal),
            linked.Where(target => !target.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private static string Lines(string code)
        => string.Concat(code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => line + "\n"));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\b((?:Add|Map|Start|Refresh|SignIn|Binance)\w+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bdocs/[a-z-]+\.md(?:#[\w-]+)?")]
    private static partial Regex Named();
}
