using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code blocks of one section of a document are a whole <c>Program.cs</c>.
/// </summary>
public sealed class ReadmeProgramTests
{
    public static TheoryData<string> Programs => [.. ReadmeProgram.All.Select(program => program.Readme)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_of_a_readme_compiles_without_a_warning(string readme)
        => Assert.Equal([], Of(readme).Problems(Repository.Read(readme)).Select(problem => problem.ToString()));

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_of_a_readme_has_exactly_the_usings_that_it_needs(string readme)
    {
        var (program, text) = (Of(readme), Repository.Read(readme));
        var usings = program.Usings(text);

        Assert.NotEmpty(usings);
        Assert.All(usings, line =>
        {
            var cut = text.Replace(line + "\n", "", StringComparison.Ordinal);
            Assert.Contains(program.Problems(cut), problem => problem.Severity == DiagnosticSeverity.Error);
        });
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Projects_of_the_program_are_those_that_its_readme_references(string readme)
    {
        var program = Of(readme);
        var referenced = Regex.Match(Repository.Read(readme), $"^dotnet add ../{program.AssemblyName} reference (.*)$", RegexOptions.Multiline)
            .Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // The other projects bring the client's along.
        Assert.Equal(
            program.Projects.Select(path => "src/" + Path.GetFileNameWithoutExtension(path)).Order(),
            referenced.Concat(program != ReadmeProgram.Console ? ["src/AspNet.Security.OAuth.Binance.Client"] : []).Order());
    }

    [Fact]
    public void Blocks_of_the_section_are_joined_without_the_indentation_of_a_list()
    {
        const string readme = """
            ```csharp
            Before();
            ```

            ## Use it

            ```sh
            dotnet run
            ```

            1. One:

               ```csharp
               var text = "one";

                 Two();
               ```

            ```csharp
            Three();
            ```

            ### More

            ```csharp
            After();
            ```
            """;

        Assert.Equal(["var text = \"one\";\n\n  Two();\n", "Three();\n"], ReadmeProgram.Site.Blocks(readme));
    }

    private static ReadmeProgram Of(string readme)
        => ReadmeProgram.All.Single(program => program.Readme == readme);
}
