using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The texts in the source of the packages: literals, interpolated strings and concatenations, with <c>…</c> for each value. Of the log, those of a warning or
/// worse, and those whose level depends on the failure.
/// </summary>
internal sealed partial class SourceTexts : CSharpSyntaxWalker
{
    public const char Value = '…';

    private static readonly string[] _packages =
    [
        "AspNet.Security.OAuth.Binance.Client",
        "AspNet.Security.OAuth.Binance",
        "AspNet.Security.OAuth.Binance.Native",
        "AspNet.Security.OAuth.Binance.Emulator",
    ];

    private readonly Dictionary<(string Type, string Name), ExpressionSyntax> _constants = [];
    private readonly List<SourceText> _texts = [];
    private string _file = "";

    private SourceTexts()
    {
    }

    public static IReadOnlyList<SourceText> Read()
    {
        var texts = new SourceTexts();
        var files = _packages
            .SelectMany(package => Directory.GetFiles(Path.Combine(Repository.Root, "src", package), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .ToDictionary(file => file, file => CSharpSyntaxTree.ParseText(Repository.Read("src/" + file)).GetRoot());
        foreach (var constant in files.Values.SelectMany(root => root.DescendantNodes().OfType<FieldDeclarationSyntax>()).Where(field => field.Modifiers.Any(SyntaxKind.ConstKeyword)))
        {
            foreach (var variable in constant.Declaration.Variables)
            {
                texts._constants[(TypeOf(constant), variable.Identifier.Text)] = variable.Initializer!.Value;
            }
        }

        foreach (var (file, root) in files)
        {
            texts._file = file;
            texts.Visit(root);
        }

        return texts._texts;
    }

    public override void Visit(SyntaxNode? node)
    {
        if (node is ExpressionSyntax expression && IsText(expression))
        {
            _texts.Add(new(_file, Of(expression)));
        }
        else
        {
            base.Visit(node);
        }
    }

    public override void VisitAttribute(AttributeSyntax node)
    {
        var arguments = node.ArgumentList?.Arguments ?? default;
        if (node.Name.ToString() is "LoggerMessage" && !arguments.Any(static argument => argument.ToString() is "LogLevel.Debug" or "LogLevel.Information"))
        {
            var message = arguments.Single(argument => argument.NameEquals?.Name.Identifier.Text is null or "Message" && IsText(argument.Expression));
            _texts.Add(new(_file, Placeholder().Replace(Of(message.Expression), $"{Value}")));
        }
    }

    private static bool IsText(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
        InterpolatedStringExpressionSyntax => true,
        BinaryExpressionSyntax sum => sum.IsKind(SyntaxKind.AddExpression) && (IsText(sum.Left) || IsText(sum.Right)),
        _ => false,
    };

    private static string TypeOf(SyntaxNode node) => node.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.Text;

    private string Of(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case LiteralExpressionSyntax literal when IsText(literal):
                return literal.Token.ValueText;
            case BinaryExpressionSyntax sum when IsText(sum):
                return Of(sum.Left) + Of(sum.Right);
            case InterpolatedStringExpressionSyntax interpolated:
                var text = new StringBuilder();
                foreach (var content in interpolated.Contents)
                {
                    text.Append(content is InterpolationSyntax value ? Of(value.Expression) : ((InterpolatedStringTextSyntax)content).TextToken.ValueText);
                }

                return text.ToString();
            case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" }, ArgumentList.Arguments: [var named] }:
                return named.Expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last(name => name.Parent is not TypeArgumentListSyntax).Identifier.Text;
            case var constant when Find(constant) is { } known:
                return Of(known);
            default:
                base.Visit(expression);
                return $"{Value}";
        }
    }

    private ExpressionSyntax? Find(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => _constants.GetValueOrDefault((TypeOf(name), name.Identifier.Text)),
        MemberAccessExpressionSyntax { Expression: SimpleNameSyntax type } member => _constants.GetValueOrDefault((type.Identifier.Text, member.Name.Identifier.Text)),
        MemberAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax type } member => _constants.GetValueOrDefault((type.Name.Identifier.Text, member.Name.Identifier.Text)),
        _ => null,
    };

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}

/// <summary>A text in the source.</summary>
/// <param name="File">The file, below <c>src</c>.</param>
/// <param name="Text">The text, with <c>…</c> for each value.</param>
internal sealed partial record SourceText(string File, string Text)
{
    /// <summary>Gets a value indicating whether it has at least three words.</summary>
    public bool IsSentence => Words().Count(Text) > 2;

    /// <summary>Returns the parts of a line that are this text; a value may be anything.</summary>
    public IEnumerable<(int Start, int Length)> PartsIn(string line) => Pattern().Matches(line)
        .SelectMany(match => match.Groups.Cast<Group>().Skip(1).Select(part => (part.Index, part.Length)));

    private Regex Pattern() => new(string.Join(".+?", Text.Split(SourceTexts.Value).Select(part => part.Length > 0 ? $"({Regex.Escape(part)})" : "")));

    [GeneratedRegex(@"(?<=^|[\s(])[\p{L}'-]{2,}(?=[\s.,:;)]|$)")]
    private static partial Regex Words();
}
