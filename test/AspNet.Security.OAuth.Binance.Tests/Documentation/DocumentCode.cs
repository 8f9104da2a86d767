using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The blocks of C# of a document that are neither a whole program nor the files of a site.
/// </summary>
/// <param name="document">The document, from the root of the repository.</param>
/// <param name="text">Its text.</param>
internal sealed partial class DocumentCode(string document, string text)
{
    private static readonly Lazy<HashSet<string>> _programs = new(() => [.. ReadmeProgram.AllBlocks]);

    /// <summary>The usings that all code of the document needs. The text before its first section has them, as <c>`using …;`</c>.</summary>
    public IReadOnlyList<string> Usings { get; } = [.. Using().Matches(Beginning().Match(text).Value).Select(match => match.Groups[1].Value)];

    public IReadOnlyList<CodeBlock> Blocks { get; } = [.. CodeBlock.AllOf(text)
        .Where(block => !_programs.Value.Contains(block.Code) && !(SiteOnPage.Documents.Contains(document) && SiteOnPage.HasFile(text, block.Code)))];

    /// <summary>The lines of the blocks without a place, or with an unknown one.</summary>
    public IEnumerable<string> Unplaced => Blocks.Where(block => !Place.All.ContainsKey(PlaceOf(block))).Select(block => $"{document}:{block.Line - 1}");

    /// <summary>The blocks with the same place and the same name are one program. A block without a name is one alone.</summary>
    public IEnumerable<PastedProgram> Programs => Blocks
        .Where(block => Place.All.ContainsKey(PlaceOf(block)))
        .GroupBy(block => block.Marker.Contains(' ', StringComparison.Ordinal) ? block.Marker : $"{block.Marker} {block.Line}")
        .Select(blocks => new PastedProgram(document, PlaceOf(blocks.First()), Usings, [.. blocks]));

    /// <summary>The usings that the code compiles without.</summary>
    public IEnumerable<string> NeedlessUsings()
    {
        var programs = Programs.ToArray();
        return programs.SelectMany(program => program.NeedlessUsings()).Concat(Usings.Where(line
            => !programs.Any(program => (program with { PageUsings = [.. Usings.Except([line])] }).HasErrors())));
    }

    private static string PlaceOf(CodeBlock block) => block.Marker.Split(' ')[0];

    [GeneratedRegex(@"\A.*?(?=^##|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"`(using [\w.]+;)`")]
    private static partial Regex Using();
}
