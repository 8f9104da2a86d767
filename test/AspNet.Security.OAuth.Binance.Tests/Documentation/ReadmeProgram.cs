using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using Medallion.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A whole program of a document: the C# of one of its sections, compiled as the <c>Program.cs</c> of a new project.
/// </summary>
internal sealed class ReadmeProgram
{
    private readonly string _section;
    private readonly ProjectTemplate _template;
    private readonly Lazy<CSharpCompilation> _project;
    private readonly Lazy<Task<byte[]>> _compiled;

    private ReadmeProgram(string readme, string section, string assemblyName, ProjectTemplate template, IReadOnlyList<string> projects)
    {
        (Readme, _section, AssemblyName, _template, Projects) = (readme, section, assemblyName, template, projects);
        _compiled = new(CompileAsync);
        _project = new(() => _template.Project(AssemblyName, Assemblies));
    }

    /// <summary>The site of the README, a <c>dotnet new web</c>.</summary>
    public static ReadmeProgram Site { get; } = new(
        "README.md",
        "Use it",
        "my-site",
        ProjectTemplate.Web,
        [typeof(BinanceAuthenticationOptions).Assembly.Location, typeof(BinanceOAuthClient).Assembly.Location, typeof(BinanceEmulator).Assembly.Location]);

    /// <summary>The worker of docs/tokens.md, a <c>dotnet new worker</c>.</summary>
    public static ReadmeProgram Worker { get; } = new(
        "docs/tokens.md", "Without a cookie: `BinanceTokenService`", "my-worker", ProjectTemplate.Worker, Site.Projects);

    /// <summary>The program of the client's readme, a <c>dotnet new console</c>. It has no ASP.NET Core.</summary>
    public static ReadmeProgram Console { get; } = new(
        "src/AspNet.Security.OAuth.Binance.Client/README.md",
        "A whole program",
        "my-tool",
        ProjectTemplate.Console,
        [typeof(BinanceOAuthClient).Assembly.Location]);

    /// <summary>The program of the readme for native applications, a <c>dotnet new console</c>.</summary>
    public static ReadmeProgram Native { get; } = new(
        "src/AspNet.Security.OAuth.Binance.Native/README.md",
        "A whole program",
        "my-app",
        ProjectTemplate.Console,
        [typeof(BinanceLogin).Assembly.Location, typeof(BinanceOAuthClient).Assembly.Location]);

    /// <summary>The programs, each of another document.</summary>
    public static IReadOnlyList<ReadmeProgram> All { get; } = [Site, Worker, Console, Native];

    /// <summary>The code blocks of all programs.</summary>
    public static IEnumerable<string> AllBlocks => All.SelectMany(program => program.Blocks(Repository.Read(program.Readme)));

    /// <summary>The document, from the root of the repository.</summary>
    public string Readme { get; }

    public string AssemblyName { get; }

    /// <summary>The projects that the readme references.</summary>
    public IReadOnlyList<string> Projects { get; }

    /// <summary>The projects, and what they bring along.</summary>
    public IEnumerable<string> Assemblies => Projects.Concat(Packages());

    /// <summary>The code blocks between the heading of the section and the next heading or the end, in order.</summary>
    public IReadOnlyList<string> Blocks(string readme)
        => [.. Repository.CSharpBlocks(Regex.Match(readme, $@"^## {_section}\n.*?(?=^##|\z)", RegexOptions.Singleline | RegexOptions.Multiline).Value)];

    public CSharpCompilation Compile(string readme)
        => _project.Value.AddSyntaxTrees(ProjectTemplate.Parse(string.Concat(Blocks(readme)), "Program.cs"));

    /// <summary>What <c>dotnet build</c> would print.</summary>
    public IEnumerable<Diagnostic> Problems(string readme)
        => Compile(readme).GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>The lines of the program that are a using of a namespace.</summary>
    public IReadOnlyList<string> Usings(string readme) => [.. Blocks(readme).SelectMany(block => block.Split('\n')).Where(CodeBlock.IsUsing)];

    /// <summary>Puts the program into a folder, with all that <c>dotnet exec</c> needs.</summary>
    /// <returns>The path of the program.</returns>
    public async Task<string> BuildAsync(DirectoryInfo folder)
    {
        var program = PathOf(folder, ".dll");
        await File.WriteAllBytesAsync(program, await _compiled.Value, TestContext.Current.CancellationToken);
        foreach (var path in Assemblies)
        {
            File.Copy(path, Path.Combine(folder.FullName, Path.GetFileName(path)));
        }

        var frameworks = _template.Frameworks
            .Select(path => new DirectoryInfo(path))
            .Select(version => new { name = version.Parent!.Name, version = version.Name });
        await File.WriteAllTextAsync(
            PathOf(folder, ".runtimeconfig.json"),
            JsonSerializer.Serialize(new { runtimeOptions = new { frameworks } }),
            TestContext.Current.CancellationToken);
        return program;
    }

    // In a process of its own: a just-in-time compiler's fault in the emitting of Roslyn, once it has occurred, remains for all of a process.
    private async Task<byte[]> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("readme-program-");
        try
        {
            var (usings, source, assembly) = (PathOf(folder, ".usings.cs"), PathOf(folder, ".cs"), PathOf(folder, ".dll"));
            await File.WriteAllTextAsync(usings, _template.ImplicitUsings);
            await File.WriteAllTextAsync(source, string.Concat(Blocks(Repository.Read(Readme))));
            string[] arguments =
            [
                "/nologo", "/noconfig", "/nostdlib", "/nullable:enable", $"/out:{assembly}", .. _template.References(Assemblies).Select(path => $"/reference:{path}"), usings, source,
            ];
            var ended = await FinishedProcess.OfAsync(new(FinishedProcess.Dotnet, ["exec", Repository.Compiler, .. arguments]), TimeSpan.FromMinutes(1));
            Assert.Equal(new(0, "", ""), ended);
            return await File.ReadAllBytesAsync(assembly);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IEnumerable<string> Packages()
        => Projects.Contains(typeof(BinanceAuthenticationOptions).Assembly.Location) ? [typeof(IDistributedLockProvider).Assembly.Location]
            : Projects.Contains(typeof(BinanceLogin).Assembly.Location) ?
            [
                typeof(IServiceCollection).Assembly.Location,
                typeof(ILogger).Assembly.Location,
                typeof(IOptions<>).Assembly.Location,
                typeof(ProtectedData).Assembly.Location,
            ]
            : [];

    private string PathOf(DirectoryInfo folder, string extension) => Path.Combine(folder.FullName, AssemblyName + extension);
}
