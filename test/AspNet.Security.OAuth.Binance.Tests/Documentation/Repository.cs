using System.Reflection;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The repository's documents and the C# in them.
/// </summary>
internal static partial class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The C# compiler of the SDK that built the tests.</summary>
    public static string Compiler { get; } = Metadata("Compiler");

    /// <summary>The package with the default pages of ASP.NET Core Identity. The tests are compiled and run without it.</summary>
    public static string IdentityPages { get; } = Metadata("IdentityPages");

    /// <summary>All documents, by their paths from the root.</summary>
    public static IReadOnlyList<string> Documents { get; } = [.. new[] { "src", "sample-web", "sample-spa", "sample-native", "docs" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.GetFiles(Root, "*.md"))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Select(file => Path.GetRelativePath(Root, file))];

    public static string Read(string document) => File.ReadAllText(Path.Combine(Root, document));

    /// <summary>The code blocks of a text as a reader sees and copies them: without the indentation of the list that they stand in.</summary>
    public static IEnumerable<string> CSharpBlocks(string markdown) => CodeBlock.AllOf(markdown).Select(block => block.Code);

    /// <summary>The rows of the table whose first column has this title, without its head.</summary>
    public static string[] Table(string document, string title) => [.. Read(document).Split('\n')
        .SkipWhile(line => !line.StartsWith($"| {title} |", StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))];

    /// <summary>A text without its code blocks, whose lines may look like headings and links.</summary>
    public static string WithoutCode(string markdown) => AnyBlock().Replace(markdown, "");

    /// <summary>The anchors of a document's headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string document)
    {
        HashSet<string> anchors = new(StringComparer.Ordinal);
        foreach (Match match in Heading().Matches(WithoutCode(Read(document))))
        {
            var anchor = NotInAnchor().Replace(Target().Replace(match.Groups[1].Value, "]").ToLowerInvariant(), "").Replace(' ', '-');
            for (var i = 0; !anchors.Add(i == 0 ? anchor : $"{anchor}-{i}"); i++)
            {
            }
        }

        return anchors;
    }

    private static string Metadata(string key)
        => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    [GeneratedRegex(@"^(?<indent> *)```[^\n]*\n.*?^\k<indent>```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex AnyBlock();

    [GeneratedRegex(@"^#+ (.+?) *$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex Target();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
