using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A block of C# in a document, as a reader sees and copies it: without the indentation of the list that it stands in.
/// </summary>
/// <param name="Line">The line of the document at which the code begins.</param>
/// <param name="Marker">What is at the fence after <c>csharp</c>, which is not displayed: the <see cref="Place"/>, and the name that blocks of one program have.</param>
/// <param name="Code">The lines, each with its end.</param>
internal sealed partial record CodeBlock(int Line, string Marker, string Code)
{
    /// <summary>The usings of namespaces that it begins with.</summary>
    public IReadOnlyList<string> Usings => [.. Code.Split('\n').TakeWhile(IsUsing)];

    /// <summary>The code after its usings.</summary>
    public string Body => string.Join('\n', Code.Split('\n').SkipWhile(IsUsing));

    public static IEnumerable<CodeBlock> AllOf(string markdown) => Fence().Matches(markdown).Select(match => new CodeBlock(
        markdown.AsSpan(0, match.Groups["code"].Index).Count('\n') + 1,
        match.Groups["marker"].Value,
        Regex.Replace(match.Groups["code"].Value, $"^ {{0,{match.Groups["indent"].Length}}}", "", RegexOptions.Multiline)));

    /// <summary>Whether a line is a using of a namespace, and not one of a variable.</summary>
    public static bool IsUsing(string line) => Using().IsMatch(line);

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?<indent> *)```csharp(?: +(?<marker>[^\n]*))?\n(?<code>.*?)^\k<indent>```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
