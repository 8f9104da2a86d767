using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Tests.Documentation;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// Every text of the console sample is in English and in Turkish.
/// </summary>
public sealed partial class ConsoleTextTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "sample-native");

    [Fact]
    public void Every_text_has_a_Turkish_one_and_every_Turkish_one_is_used()
    {
        var keys = Directory.GetFiles(_folder, "*.cs")
            .SelectMany(Nodes<InvocationExpressionSyntax>)
            .Where(call => call.Expression.ToString() is "Text.Of")
            .Select(call => FormatOf((InterpolatedStringExpressionSyntax)call.ArgumentList.Arguments.Single().Expression))
            .ToHashSet();
        var turkish = Nodes<AssignmentExpressionSyntax>(Path.Combine(_folder, "Turkish.cs"))
            .Where(text => text.Left is ImplicitElementAccessSyntax)
            .ToDictionary(text => ValueOf(((ImplicitElementAccessSyntax)text.Left).ArgumentList.Arguments.Single().Expression), text => ValueOf(text.Right));

        Assert.NotEmpty(keys);
        Assert.Empty(keys.Except(turkish.Keys));
        Assert.Empty(turkish.Keys.Except(keys));
        Assert.All(turkish, text =>
        {
            Assert.NotEqual(text.Key, text.Value);
            Assert.Equal(Placeholders(text.Key), Placeholders(text.Value));
        });
    }

    private static IEnumerable<T> Nodes<T>(string file)
        => CSharpSyntaxTree.ParseText(File.ReadAllText(file), new(preprocessorSymbols: ["DEBUG"])).GetRoot().DescendantNodes().OfType<T>();

    private static string FormatOf(InterpolatedStringExpressionSyntax text)
    {
        var index = 0;
        return string.Concat(text.Contents.Select(content => content is InterpolatedStringTextSyntax literal ? literal.TextToken.ValueText : $"{{{index++}}}"));
    }

    private static string ValueOf(ExpressionSyntax literal) => ((LiteralExpressionSyntax)literal).Token.ValueText;

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}|--[a-z-]+|\n")]
    private static partial Regex Placeholder();
}
