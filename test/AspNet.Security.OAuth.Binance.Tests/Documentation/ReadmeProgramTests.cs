using Microsoft.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code blocks of the README's section "Use it" are a whole <c>Program.cs</c>.
/// </summary>
public sealed class ReadmeProgramTests
{
    private static readonly string _readme = Repository.Read("README.md");

    [Fact]
    public void Program_of_the_readme_compiles_without_a_warning()
        => Assert.Equal([], ReadmeProgram.Compile(_readme).Problems().Select(problem => problem.ToString()));

    [Fact]
    public void Program_of_the_readme_has_every_using_that_it_needs_and_no_other()
    {
        var usings = ReadmeProgram.Blocks(_readme).SelectMany(block => block.Split('\n')).Where(IsUsing).ToArray();

        Assert.NotEmpty(usings);
        Assert.All(usings, line =>
        {
            var cut = _readme.Replace(line + "\n", "", StringComparison.Ordinal);
            Assert.Contains(ReadmeProgram.Compile(cut).Problems(), problem => problem.Severity == DiagnosticSeverity.Error);
        });
    }

    [Fact]
    public void Projects_of_the_program_are_those_that_the_readme_references()
    {
        var projects = ReadmeProgram.Projects.Select(path => "src/" + Path.GetFileNameWithoutExtension(path));

        Assert.Contains($"dotnet add ../my-site reference {string.Join(' ', projects)}\n", _readme, StringComparison.Ordinal);
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

        Assert.Equal(["var text = \"one\";\n\n  Two();\n", "Three();\n"], ReadmeProgram.Blocks(readme));
    }

    // Not a using declaration: "using var".
    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);
}
