using System.Reflection;
using System.Xml.Linq;

namespace AspNet.Security.OAuth.Binance.Tests.Security.SupplyChain;

public sealed class PackageTests
{
    private static readonly string _root
        = typeof(PackageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;

    [Theory]
    [InlineData("AspNet.Security.OAuth.Binance", "DistributedLock.Core")]
    [InlineData("AspNet.Security.OAuth.Binance.Client")]
    [InlineData("AspNet.Security.OAuth.Binance.Emulator")]
    [InlineData("AspNet.Security.OAuth.Binance.Emulator.Tool", "System.CommandLine")]
    [InlineData(
        "AspNet.Security.OAuth.Binance.Native",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
        "System.Security.Cryptography.ProtectedData")]
    public void Package_depends_only_on(string name, params string[] expected)
    {
        var project = Path.Combine(_root, "src", name, $"{name}.csproj");

        var brought = References(project).Where(reference => (string?)reference.Attribute("PrivateAssets") != "all");

        Assert.Equal(expected, brought.Select(Name));
    }

    [Fact]
    public void Every_central_package_version_is_used_by_a_project()
    {
        var used = Directory.EnumerateFiles(_root, "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(_root, "Directory.Build.*", SearchOption.AllDirectories))
            .SelectMany(References)
            .Select(Name);

        var listed = XDocument.Load(Path.Combine(_root, "Directory.Packages.props")).Descendants("PackageVersion").Select(Name).ToArray();

        Assert.NotEmpty(listed);
        Assert.Empty(listed.Except(used));
    }

    private static IEnumerable<XElement> References(string project) => XDocument.Load(project).Descendants("PackageReference");

    private static string Name(XElement reference) => (string)reference.Attribute("Include")!;
}
