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
    public void Package_brings_no_other_package_but(string name, params string[] expected)
    {
        var project = Path.Combine(_root, "src", name, $"{name}.csproj");

        var brought = References(project).Where(reference => (string?)reference.Attribute("PrivateAssets") != "all");

        Assert.Equal(expected, brought.Select(Name));
    }

    [Fact]
    public void Every_version_in_the_central_list_is_one_that_a_project_uses()
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
