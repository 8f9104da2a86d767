using System.Reflection;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

/// <summary>
/// The names of this project's types and namespaces.
/// </summary>
public sealed partial class NameTests
{
    private const string Root = "AspNet.Security.OAuth.Binance.Tests";

    // The probes have a namespace of their own, which the tests of the type reader look at.
    private const string Probes = "Conventions/TypeUsesProbes.cs";

    [Fact]
    public void Each_namespace_is_that_of_the_folder()
    {
        var folder = Path.Combine(Repository.Root, "test", "AspNet.Security.OAuth.Binance.Tests");
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal) && file != Probes)
            .ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(NamespaceOf(file), Namespace().Match(File.ReadAllText(Path.Combine(folder, file))).Groups[1].Value));
    }

    [Fact]
    public void No_two_types_have_one_name()
    {
        var types = Assembly.GetExecutingAssembly().GetTypes()
            .Where(type => !type.IsNestedPrivate && type.Name[0] != '<' && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) is true);

        Assert.Empty(types.Where(type => !type.Namespace!.EndsWith(".Probes", StringComparison.Ordinal))
            .GroupBy(type => type.Name)
            .Where(group => group.Count() > 1)
            .Select(group => string.Join(" and ", group.Select(type => type.FullName))));
    }

    private static string NamespaceOf(string file) => string.Join('.', [Root, .. file.Split('/')[..^1]]);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
