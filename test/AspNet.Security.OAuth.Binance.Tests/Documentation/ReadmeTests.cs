using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

public sealed partial class ReadmeTests
{
    public static TheoryData<string> Documents => [.. Markdown().Select(file => Path.GetRelativePath(Repository.Root, file))];

    /// <summary>
    /// Each piece of a readme's code is in a test that is compiled and run, whatever its indentation. Whole programs are compiled and
    /// run as they are, by <see cref="ReadmeSiteTests"/>, <see cref="ReadmeConsoleTests"/> and <see cref="ReadmeNativeTests"/>.
    /// </summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("src/AspNet.Security.OAuth.Binance/README.md")]
    [InlineData("src/AspNet.Security.OAuth.Binance.Client/README.md")]
    [InlineData("src/AspNet.Security.OAuth.Binance.Emulator/README.md")]
    [InlineData("docs/tokens.md")]
    [InlineData("docs/sessions.md")]
    [InlineData("docs/security.md")]
    [InlineData("docs/browser-based.md")]
    [InlineData("docs/native.md")]
    [InlineData("docs/emulator.md")]
    public void Code_of_the_readmes_is_code_that_runs(string readme)
    {
        var examples = string.Concat(Directory
            .GetFiles(Path.Combine(Repository.Root, "test", "AspNet.Security.OAuth.Binance.Tests"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Lines(File.ReadAllText(file))));
        var blocks = Repository.CSharpBlocks(Repository.Read(readme))
            .Except(Programs().SelectMany(program => program.Blocks(Repository.Read(program.Readme))))
            .ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks.SelectMany(block => block.Split("\n\n")), part => Assert.Contains(Lines(part), examples, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_of_the_documents_lead_to_files_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var targets = Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(folder, target)), $"{document} links to {target}, which is not there."));
    }

    private static ReadmeProgram[] Programs() => [ReadmeProgram.Site, ReadmeProgram.Console, ReadmeProgram.Native];

    private static IEnumerable<string> Markdown()
    {
        string[] folders = ["src", "sample-web", "sample-spa", "sample-native", "docs"];
        return Directory.GetFiles(Repository.Root, "*.md").Concat(folders.SelectMany(folder
            => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
                .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))));
    }

    private static string Lines(string code)
        => string.Concat(code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => line + "\n"));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
