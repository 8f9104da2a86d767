using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The blocks of a document that a reader pastes into one program. A block that only declares types is a file of its own.
/// </summary>
/// <param name="Document">The document, from the root of the repository.</param>
/// <param name="Place">The name of the <see cref="Documentation.Place"/>.</param>
/// <param name="PageUsings">The usings that the document shows for all of its code.</param>
/// <param name="Blocks">The blocks, in order.</param>
internal sealed record PastedProgram(string Document, string Place, IReadOnlyList<string> PageUsings, IReadOnlyList<CodeBlock> Blocks)
{
    private const string Reader = "WhatTheReaderHas";

    /// <summary>What <c>dotnet build</c> would print, with the lines of the document.</summary>
    public IReadOnlyList<Diagnostic> Problems()
    {
        var place = Documentation.Place.All[Place];
        var types = Blocks.Where(DeclaresTypesOnly).ToArray();
        CodeBlock[] statements = [.. Blocks.Except(types)];
        SyntaxTree[] trees =
        [
            ProjectTemplate.Parse(string.Concat(PageUsings.Select(line => $"global {line}\n"))),
            ProjectTemplate.Parse($"global using static {Reader};\n\ninternal static class {Reader}\n{{\n{Declarations(place)}\n}}\n"),
            .. types.Select(block => ProjectTemplate.Parse(Text([block]))),
        ];

        // Without statements it is a library.
        var project = statements is []
            ? place.Project.WithOptions(place.Project.Options.WithOutputKind(OutputKind.DynamicallyLinkedLibrary))
            : place.Project.AddSyntaxTrees(ProjectTemplate.Parse(Text(statements, place.Before, place.After)));
        return [.. project.AddSyntaxTrees(trees)
            .GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
    }

    /// <summary>The usings of its blocks that it compiles without.</summary>
    public IEnumerable<string> NeedlessUsings()
        => from block in Blocks
           from line in block.Usings
           let cut = block with { Code = block.Code.Replace(line + "\n", "", StringComparison.Ordinal) }
           where !(this with { Blocks = [.. Blocks.Select(each => each == block ? cut : each)] }).HasErrors()
           select line;

    public bool HasErrors() => Problems().Any(problem => problem.Severity is DiagnosticSeverity.Error);

    private static bool DeclaresTypesOnly(CodeBlock block)
        => !ProjectTemplate.Parse(block.Code).GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);

    private string Declarations(Place place) => place.Declarations + '\n' + Surroundings.All.GetValueOrDefault((Document, Place));

    private string Text(IReadOnlyList<CodeBlock> blocks, string before = "", string after = "") => string.Concat(
    [
        .. blocks.Select(block => Lines(block.Line, string.Join('\n', block.Usings))),
        before,
        .. blocks.Select(block => Lines(block.Line + block.Usings.Count, block.Body)),
        after,
    ]);

    // The compiler's messages have the lines of the document.
    private string Lines(int first, string code) => string.Create(CultureInfo.InvariantCulture, $"#line {first} \"{Document}\"\n{code}\n");
}
