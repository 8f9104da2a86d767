using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A page of the documents that has the files of a site, each in a block of code below its name.
/// </summary>
/// <param name="text">The page.</param>
/// <param name="site">The folder of the site.</param>
/// <param name="ofTheTemplate">The files of the template, which a reader keeps.</param>
internal sealed partial class SiteOnPage(string text, string site, params string[] ofTheTemplate)
{
    /// <summary>The pages that have the files of a site.</summary>
    public static IReadOnlyList<string> Documents { get; } = ["docs/blazor.md", "docs/identity.md"];

    public IReadOnlyList<string> Files => [.. FileBlock().Matches(text).Select(block => block.Groups["file"].Value)];

    /// <summary>How many blocks of code there are, those that are no file included.</summary>
    public int CodeBlocks => CodeBlock().Count(text);

    /// <summary>Whether a block of code of such a page is a file of its site.</summary>
    public static bool HasFile(string page, string code) => FileBlock().Matches(page).Any(block => block.Groups["code"].Value == code);

    public void AssertIsThatOfTheSite(string file)
        => Assert.Equal(Repository.Read($"{site}/{file}"), FileBlock().Matches(text).Single(block => block.Groups["file"].Value == file).Groups["code"].Value);

    /// <summary>The page has all files of the site with these extensions, and no others.</summary>
    public void AssertHasAllFiles(params string[] extensions)
    {
        var root = Path.Combine(Repository.Root, site);
        var files = extensions.SelectMany(extension => Directory.GetFiles(root, "*" + extension, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .Except(ofTheTemplate);

        Assert.Equal(files.Order(StringComparer.Ordinal), Files.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^`(?<file>[\w/.]+)`:[^`]*(?:`[^`\n]+`[^`]*)*\n\n```(?:csharp|cshtml|razor)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FileBlock();

    [GeneratedRegex(@"^```(?!sh$)\w[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
