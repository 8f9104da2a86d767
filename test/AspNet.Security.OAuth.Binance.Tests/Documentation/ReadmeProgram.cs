using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using Medallion.Threading;
using Microsoft.AspNetCore.Builder;
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
    private static readonly CSharpParseOptions _language = new(LanguageVersion.CSharp14);

    // What the SDK of each template generates for <ImplicitUsings>enable</ImplicitUsings>, and nothing else.
    private static readonly string[] _console =
    [
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    private static readonly string[] _worker =
    [
        .. _console,
        "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
    ];

    private static readonly string[] _web =
    [
        .. _worker,
        "Microsoft.AspNetCore.Builder",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing",
        "System.Net.Http.Json",
    ];

    private readonly string _section;
    private readonly string _implicitUsings;
    private readonly Lazy<CSharpCompilation> _project;
    private readonly Lazy<Task<byte[]>> _compiled;

    private ReadmeProgram(string readme, string section, string assemblyName, string[] implicitUsings, IReadOnlyList<string> frameworks, IReadOnlyList<string> projects)
    {
        (Readme, _section, AssemblyName, Frameworks, Projects) = (readme, section, assemblyName, frameworks, projects);
        _implicitUsings = string.Concat(implicitUsings.Select(name => $"global using {name};\n"));
        _compiled = new(CompileAsync);
        _project = new(() => CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText(_implicitUsings, _language)],
            [.. References().Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)));
    }

    /// <summary>The site of the README, a <c>dotnet new web</c>.</summary>
    public static ReadmeProgram Site { get; } = new(
        "README.md",
        "Use it",
        "my-site",
        _web,
        [FolderOf(typeof(object)), FolderOf(typeof(WebApplication))],
        [typeof(BinanceAuthenticationOptions).Assembly.Location, typeof(BinanceOAuthClient).Assembly.Location, typeof(BinanceEmulator).Assembly.Location]);

    /// <summary>The worker of docs/tokens.md, a <c>dotnet new worker</c>.</summary>
    public static ReadmeProgram Worker { get; } = new(
        "docs/tokens.md", "Without a cookie: `BinanceTokenService`", "my-worker", _worker, Site.Frameworks, Site.Projects);

    /// <summary>The program of the client's readme, a <c>dotnet new console</c>. It has no ASP.NET Core.</summary>
    public static ReadmeProgram Console { get; } = new(
        "src/AspNet.Security.OAuth.Binance.Client/README.md",
        "A whole program",
        "my-tool",
        _console,
        [FolderOf(typeof(object))],
        [typeof(BinanceOAuthClient).Assembly.Location]);

    /// <summary>The program of the readme for native applications, a <c>dotnet new console</c>.</summary>
    public static ReadmeProgram Native { get; } = new(
        "src/AspNet.Security.OAuth.Binance.Native/README.md",
        "A whole program",
        "my-app",
        _console,
        [FolderOf(typeof(object))],
        [typeof(BinanceLogin).Assembly.Location, typeof(BinanceOAuthClient).Assembly.Location]);

    /// <summary>The programs, each of another document.</summary>
    public static IReadOnlyList<ReadmeProgram> All { get; } = [Site, Worker, Console, Native];

    /// <summary>The document, from the root of the repository.</summary>
    public string Readme { get; }

    public string AssemblyName { get; }

    /// <summary>The folders of the shared frameworks that such a project sees, of the versions that this test runs on.</summary>
    public IReadOnlyList<string> Frameworks { get; }

    /// <summary>The projects that the readme references.</summary>
    public IReadOnlyList<string> Projects { get; }

    /// <summary>The code blocks between the heading of the section and the next heading, in order.</summary>
    public IReadOnlyList<string> Blocks(string readme)
        => [.. Repository.CSharpBlocks(Regex.Match(readme, $@"^## {_section}\n.*?(?=^##)", RegexOptions.Singleline | RegexOptions.Multiline).Value)];

    public CSharpCompilation Compile(string readme)
        => _project.Value.AddSyntaxTrees(CSharpSyntaxTree.ParseText(string.Concat(Blocks(readme)), _language, path: "Program.cs"));

    /// <summary>What <c>dotnet build</c> would print.</summary>
    public IEnumerable<Diagnostic> Problems(string readme)
        => Compile(readme).GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>The lines of the program that are a using of a namespace.</summary>
    public IReadOnlyList<string> Usings(string readme) => [.. Blocks(readme).SelectMany(block => block.Split('\n')).Where(IsUsing)];

    /// <summary>Puts the program into a folder, with all that <c>dotnet exec</c> needs.</summary>
    /// <returns>The path of the program.</returns>
    public async Task<string> BuildAsync(DirectoryInfo folder)
    {
        var program = PathOf(folder, ".dll");
        await File.WriteAllBytesAsync(program, await _compiled.Value, TestContext.Current.CancellationToken);
        foreach (var path in Projects.Concat(Packages()))
        {
            File.Copy(path, Path.Combine(folder.FullName, Path.GetFileName(path)));
        }

        var frameworks = Frameworks
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
            await File.WriteAllTextAsync(usings, _implicitUsings);
            await File.WriteAllTextAsync(source, string.Concat(Blocks(Repository.Read(Readme))));
            string[] arguments =
            [
                "/nologo", "/noconfig", "/nostdlib", "/nullable:enable", $"/out:{assembly}", .. References().Select(path => $"/reference:{path}"), usings, source,
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

    private static string FolderOf(Type type) => Path.GetDirectoryName(type.Assembly.Location)!;

    // Not a using declaration: "using var".
    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);

    // A new project sees its frameworks. The test's own references would hide a missing package, and newer packages of the test may stand in
    // for assemblies of the frameworks.
    private IEnumerable<string> References()
    {
        var managed = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(Path.GetFileName);
        return Projects.Concat(Packages()).Concat(managed.SelectMany(file => Frameworks.Select(folder => Path.Combine(folder, file!))).Where(File.Exists));
    }

    // What the projects bring along.
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
