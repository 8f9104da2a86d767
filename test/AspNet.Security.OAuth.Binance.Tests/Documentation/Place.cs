using Medallion.Threading.Postgres;
using Medallion.Threading.Redis;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using StackExchange.Redis;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// Where a reader pastes a block of C#: the first word after <c>csharp</c> at its fence.
/// </summary>
/// <param name="template">The template of the project.</param>
/// <param name="assemblies">What the project references.</param>
/// <param name="declarations">The variables that are there, as members of a class.</param>
/// <param name="before">The code before the block.</param>
/// <param name="after">The code after the block.</param>
internal sealed class Place(ProjectTemplate template, IEnumerable<string> assemblies, string declarations = "", string before = "", string after = "")
{
    // The packages that the documents of sites name.
    private static readonly string[] _site =
    [
        .. ReadmeProgram.Site.Assemblies,
        Repository.IdentityPages,
        .. FilesOf(
            typeof(IdentityDbContext),
            typeof(DbContext),
            typeof(PostgresDistributedSynchronizationProvider),
            typeof(RedisDistributedSynchronizationProvider),
            typeof(RedisXmlRepository),
            typeof(RedisCache),
            typeof(IConnectionMultiplexer)),
    ];

    private readonly Lazy<CSharpCompilation> _project = new(() => template.Project("my-project", assemblies));

    public static IReadOnlyDictionary<string, Place> All { get; } = new Dictionary<string, Place>(StringComparer.Ordinal)
    {
        // The program of a site.
        ["web"] = new(ProjectTemplate.Web, _site, """
            internal static WebApplicationBuilder builder => null!;
            internal static WebApplication app => null!;
            """),

        // AddBinance(options => { … }) of a site.
        ["options"] = new(ProjectTemplate.Web, _site, "internal static AspNet.Security.OAuth.Binance.BinanceAuthenticationOptions options => null!;"),

        // The handler of an endpoint of a site.
        ["request"] = new(ProjectTemplate.Web, _site, before: "WebApplication.Create().MapGet(\"/\", async (HttpContext context) =>\n{\n", after: "});\n"),

        // Any other program.
        ["console"] = new(ProjectTemplate.Console, ReadmeProgram.Native.Assemblies),

        // A mobile app.
        ["maui"] = new(ProjectTemplate.Maui, [.. ReadmeProgram.Native.Assemblies, typeof(IWebAuthenticator).Assembly.Location]),

        // A test of a site.
        ["test"] = new(
            ProjectTemplate.Test,
            [
                .. ReadmeProgram.Site.Assemblies,
                .. FilesOf(typeof(BinanceLogin), typeof(FactAttribute), typeof(Assert), typeof(WebApplicationFactory<>), typeof(TestServer)),
            ]),
    };

    public string Declarations => declarations;

    public string Before => before;

    public string After => after;

    /// <summary>The project, without code.</summary>
    public CSharpCompilation Project => _project.Value;

    private static IEnumerable<string> FilesOf(params Type[] types) => types.Select(type => type.Assembly.Location);
}
