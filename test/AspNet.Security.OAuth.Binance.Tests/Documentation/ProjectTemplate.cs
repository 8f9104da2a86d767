using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A new project of a template of the SDK, as the compiler sees it: its implicit usings and its frameworks, of the versions that this test runs on.
/// </summary>
internal sealed class ProjectTemplate
{
    private static readonly CSharpParseOptions _language = new(LanguageVersion.CSharp14);

    // The SDK's NoWarn: a package that was compiled with an older version of .NET.
    private static readonly Dictionary<string, ReportDiagnostic> _noWarn = new(StringComparer.Ordinal)
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    // One for each file: reading the metadata of a framework takes longer than a compilation.
    private static readonly ConcurrentDictionary<string, MetadataReference> _metadata = new(StringComparer.Ordinal);

    private readonly string[] _usings;

    private ProjectTemplate(string[] usings, params Type[] frameworks)
        => (_usings, Frameworks) = (usings, [.. frameworks.Select(type => Path.GetDirectoryName(type.Assembly.Location)!)]);

    /// <summary><c>dotnet new console</c>, without ASP.NET Core.</summary>
    public static ProjectTemplate Console { get; } = new(
        [
            "System",
            "System.Collections.Generic",
            "System.IO",
            "System.Linq",
            "System.Net.Http",
            "System.Threading",
            "System.Threading.Tasks",
        ],
        typeof(object));

    /// <summary><c>dotnet new worker</c>, with a reference that brings ASP.NET Core along.</summary>
    public static ProjectTemplate Worker { get; } = new(
        [
            .. Console._usings,
            "Microsoft.Extensions.Configuration",
            "Microsoft.Extensions.DependencyInjection",
            "Microsoft.Extensions.Hosting",
            "Microsoft.Extensions.Logging",
        ],
        typeof(object),
        typeof(WebApplication));

    /// <summary><c>dotnet new web</c>.</summary>
    public static ProjectTemplate Web { get; } = new(
        [
            .. Worker._usings,
            "Microsoft.AspNetCore.Builder",
            "Microsoft.AspNetCore.Hosting",
            "Microsoft.AspNetCore.Http",
            "Microsoft.AspNetCore.Routing",
            "System.Net.Http.Json",
        ],
        typeof(object),
        typeof(WebApplication));

    /// <summary><c>dotnet new xunit</c>, with a reference that brings ASP.NET Core along.</summary>
    public static ProjectTemplate Test { get; } = new([.. Console._usings, "Xunit"], typeof(object), typeof(WebApplication));

    /// <summary><c>dotnet new maui</c>: all namespaces of MAUI are implicit usings, which that of its stand-ins stands for.</summary>
    public static ProjectTemplate Maui { get; } = new(
        [.. Console._usings, "Microsoft.Extensions.DependencyInjection", typeof(IWebAuthenticator).Namespace!], typeof(object));

    /// <summary>The folders of the shared frameworks that such a project sees.</summary>
    public IReadOnlyList<string> Frameworks { get; }

    /// <summary>What the SDK generates for <c>&lt;ImplicitUsings&gt;enable&lt;/ImplicitUsings&gt;</c>, and nothing else.</summary>
    public string ImplicitUsings => string.Concat(_usings.Select(name => $"global using {name};\n"));

    public static SyntaxTree Parse(string code, string path = "") => CSharpSyntaxTree.ParseText(code, _language, path);

    /// <summary>The files of the references of such a project that references these assemblies.</summary>
    public IEnumerable<string> References(IEnumerable<string> assemblies)
    {
        // A new project sees its frameworks. The test's own references would hide a missing package, and newer packages of the test may stand in
        // for assemblies of the frameworks.
        var managed = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(Path.GetFileName);
        return assemblies.Concat(managed.SelectMany(file => Frameworks.Select(folder => Path.Combine(folder, file!))).Where(File.Exists));
    }

    /// <summary>Such a project, without code.</summary>
    public CSharpCompilation Project(string name, IEnumerable<string> assemblies) => CSharpCompilation.Create(
        name,
        [Parse(ImplicitUsings)],
        References(assemblies).Select(path => _metadata.GetOrAdd(path, file => MetadataReference.CreateFromFile(file))),
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: _noWarn));
}
