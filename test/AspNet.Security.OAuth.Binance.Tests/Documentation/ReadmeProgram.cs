using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The site of the README: the C# of its section "Use it", compiled as the <c>Program.cs</c> of a new web project.
/// </summary>
internal static partial class ReadmeProgram
{
    public const string AssemblyName = "my-site";

    // What Microsoft.NET.Sdk.Web generates for <ImplicitUsings>enable</ImplicitUsings>, and nothing else.
    private static readonly string[] _implicitUsings =
    [
        "Microsoft.AspNetCore.Builder",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Net.Http.Json",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    private static readonly CSharpParseOptions _language = new(LanguageVersion.CSharp14);

    private static readonly CSharpCompilation _project = CSharpCompilation.Create(
        AssemblyName,
        [CSharpSyntaxTree.ParseText(string.Concat(_implicitUsings.Select(name => $"global using {name};\n")), _language)],
        [.. References().Select(path => MetadataReference.CreateFromFile(path))],
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The folders of the two shared frameworks that this test runs on.</summary>
    public static IReadOnlyList<string> Frameworks =>
    [
        Path.GetDirectoryName(typeof(object).Assembly.Location)!,
        Path.GetDirectoryName(typeof(WebApplication).Assembly.Location)!,
    ];

    /// <summary>The projects that the README tells a reader to reference.</summary>
    public static IReadOnlyList<string> Projects
        => [typeof(BinanceAuthenticationOptions).Assembly.Location, typeof(BinanceOAuthClient).Assembly.Location, typeof(BinanceEmulator).Assembly.Location];

    /// <summary>The code blocks between the heading "Use it" and the next heading, in order.</summary>
    public static IReadOnlyList<string> Blocks(string readme) => [.. Repository.CSharpBlocks(Section().Match(readme).Value)];

    public static CSharpCompilation Compile(string readme)
        => _project.AddSyntaxTrees(CSharpSyntaxTree.ParseText(string.Concat(Blocks(readme)), _language, path: "Program.cs"));

    /// <summary>What <c>dotnet build</c> would print.</summary>
    public static IEnumerable<Diagnostic> Problems(this CSharpCompilation program)
        => program.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    // A new web project sees the two frameworks. The test's own references would hide a missing package, and newer packages of the test
    // may stand in for assemblies of the frameworks.
    private static IEnumerable<string> References()
    {
        var managed = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(Path.GetFileName);
        return Projects.Concat(managed.SelectMany(file => Frameworks.Select(folder => Path.Combine(folder, file!))).Where(File.Exists));
    }

    [GeneratedRegex(@"^## Use it\n.*?(?=^##)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();
}
