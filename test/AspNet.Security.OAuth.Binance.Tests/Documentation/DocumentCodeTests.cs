namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// Each block of C# of the documents compiles where a reader pastes it, with the usings that the document shows and those of the project's template.
/// Whole programs are in <see cref="ReadmeProgramTests"/>, the files of a site in <see cref="BlazorPageTests"/> and <see cref="IdentityPageTests"/>.
/// </summary>
public sealed class DocumentCodeTests
{
    /// <summary>All documents with C#. No block is left out.</summary>
    public static TheoryData<string> Documents => [.. Repository.Documents.Where(document => Of(document).Blocks.Count > 0)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_block_has_a_place(string document) => Assert.Empty(Of(document).Unplaced);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Code_compiles_in_its_place_without_a_warning(string document)
    {
        var problems = Of(document).Programs.SelectMany(program => program.Problems()).ToArray();

        Assert.True(problems is [], string.Join('\n', problems.Select(problem => problem.ToString())));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Usings_of_a_document_are_needed(string document) => Assert.Empty(Of(document).NeedlessUsings());

    [Fact]
    public void Each_place_is_one_of_the_documents_code()
    {
        var programs = Repository.Documents.SelectMany(document => Of(document).Programs).ToArray();

        Assert.Equal(Place.All.Keys.Order(), programs.Select(program => program.Place).Distinct().Order());
        Assert.Empty(Surroundings.All.Keys.Except(programs.Select(program => (program.Document, program.Place))));
    }

    [Theory]
    [InlineData("csharp web", "using System.Net;\n\n", "IPAddress.Loopback")]
    [InlineData("csharp web", "", "System.Net.IPAddress.Loopback")]
    [InlineData("csharp web", "", "IPAddress.Loopback", "CS0103")]
    [InlineData("csharp web", "", "options.ClientId", "CS0103")]
    [InlineData("csharp options", "", "options.ClientId")]
    [InlineData("csharp console", "", "Results.Ok()", "CS0103")]
    [InlineData("csharp web", "", "Results.Ok()")]
    public void A_block_has_the_usings_that_are_shown_and_the_variables_of_its_place(string fence, string usings, string expression, params string[] expected)
    {
        var code = new DocumentCode("a.md", $"Text\n\n```{fence}\n{usings}Console.WriteLine({expression});\n```\n");

        var problems = code.Programs.Single().Problems();

        Assert.Equal(expected, problems.Select(problem => problem.Id));
        Assert.All(problems, problem => Assert.StartsWith("a.md(4,", problem.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_of_one_name_are_one_program()
    {
        const string document = """
            Its namespace is `using System.Net;`.

            ```csharp web one
            var first = IPAddress.Loopback;
            ```

            ## More

            ```csharp web one
            app.Urls.Add($"http://{first}");
            ```

            ```csharp web another
            app.Urls.Add($"http://{first}");
            ```

            ```csharp
            app.Run();
            ```
            """;

        var code = new DocumentCode("a.md", document);

        Assert.Equal([0, 1], code.Programs.Select(program => program.Problems().Count));
        Assert.Equal(["a.md:17"], code.Unplaced);
    }

    [Fact]
    public void A_using_that_is_not_needed_is_found()
    {
        const string document = """
            Its namespaces are `using System.IO.Pipes;` and `using System.Net.Sockets;`.

            ```csharp web
            using System.Net;
            using System.Text;

            app.Urls.Add($"http://{IPAddress.Loopback}");
            ```

            ```csharp web
            app.Urls.Add($"{AddressFamily.InterNetwork}");
            ```
            """;

        Assert.Equal(["using System.Text;", "using System.IO.Pipes;"], new DocumentCode("a.md", document).NeedlessUsings());
    }

    private static DocumentCode Of(string document) => new(document, Repository.Read(document));
}
