using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Security.SupplyChain;

/// <summary>
/// A project with this repository's build properties, restored from what is on the machine already, where the audit source is ours.
/// </summary>
public sealed class AuditTests : IDisposable
{
    // Comes with Microsoft.AspNetCore.Mvc.Testing, which this project itself uses: both lie in the package folder.
    private const string TransitivePackage = "microsoft.aspnetcore.testhost";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("audit-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(1, "NU1902")]
    [InlineData(2, "NU1903")]
    [InlineData(3, "NU1904")]
    public async Task Known_vulnerability_of_a_package_that_another_brought_along_fails_the_build(int severity, string code)
    {
        var (exitCode, output) = await RestoreAsync(severity);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"error {code}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vulnerability_that_is_rated_low_does_not_fail_the_build()
    {
        var (exitCode, output) = await RestoreAsync(severity: 0);

        Assert.True(exitCode is 0, output);
    }

    private async Task<(int ExitCode, string Output)> RestoreAsync(int severity)
    {
        await using var source = await StartSourceAsync(severity);
        await WriteProjectAsync(source.Urls.Single());

        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["restore", "--nologo", "-p:ContinuousIntegrationBuild=false"])
        {
            WorkingDirectory = _directory.FullName,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        var restored = await FinishedProcess.OfAsync(start, limit: TimeSpan.FromMinutes(2));
        return (restored.ExitCode, restored.Output + restored.Errors);
    }

    private async Task WriteProjectAsync(string source)
    {
        var token = TestContext.Current.CancellationToken;
        var used = typeof(AuditTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        var properties = Path.Combine(used.Single(data => data.Key == "RepositoryRoot").Value!, "Directory.Build.props");
        File.Copy(properties, Path.Combine(_directory.FullName, "Directory.Build.props"));

        var version = typeof(Microsoft.AspNetCore.Mvc.Testing.WebApplicationFactory<>).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "audited.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <PackageReference Include="Microsoft.AspNetCore.Mvc.Testing" Version="{version}" />
              </ItemGroup>
            </Project>
            """, token);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /></packageSources>
              <auditSources>
                <clear />
                <add key="test" value="{source}/index.json" protocolVersion="3" allowInsecureConnections="true" />
              </auditSources>
            </configuration>
            """, token);
    }

    // The part of NuGet's protocol that publishes known vulnerabilities.
    private static async Task<WebApplication> StartSourceAsync(int severity)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsJsonAsync(Answer($"http://{context.Request.Host}", context.Request.Path, severity)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static object Answer(string address, string? path, int severity) => path switch
    {
        "/index.json" => new
        {
            version = "3.0.0",
            resources = new[] { new Dictionary<string, string> { ["@id"] = $"{address}/pages.json", ["@type"] = "VulnerabilityInfo/6.7.0" } },
        },
        "/pages.json" => new[]
        {
            new Dictionary<string, string> { ["@name"] = "all", ["@id"] = $"{address}/all.json", ["@updated"] = "2026-01-01T00:00:00Z" },
        },
        _ => new Dictionary<string, object[]>
        {
            [TransitivePackage] = [new { url = "https://example.com/advisory", severity, versions = "(, 1000.0.0)" }],
        },
    };
}
