using System.Reflection;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// Every promise of docs/security.md has a test: the last cell of each row of each table names existing tests.
/// </summary>
public sealed partial class SecurityPageTests
{
    private static readonly string[] _rows = Rows(Repository.Read("docs/security.md"));

    [Fact]
    public void Every_row_names_its_tests()
    {
        Assert.NotEmpty(_rows);
        Assert.All(_rows, row => Assert.Matches(@"^`\w+\.\w+`(, `\w+\.\w+`)*$", LastCell(row)));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var named = _rows.SelectMany(row => Name().Matches(LastCell(row)).Select(match => match.Groups[1].Value)).ToArray();

        Assert.NotEmpty(named);
        Assert.Equal([], named.Except(AllTests(), StringComparer.Ordinal));
    }

    // Without this, the test above could pass because a project was not searched.
    [Fact]
    public void Tests_of_both_projects_are_found()
    {
        Assert.Contains($"{nameof(SecurityPageTests)}.{nameof(Every_test_that_is_named_exists)}", Compiled());
        Assert.Contains("SignOutTests.Back_button_after_the_sign_out_shows_no_page_of_the_session", EndToEnd());
        Assert.DoesNotContain($"{nameof(SecurityPageTests)}.{nameof(LastCell)}", Compiled());
    }

    /// <summary>The tests of both projects, by class and method.</summary>
    internal static HashSet<string> AllTests() => Compiled().Concat(EndToEnd()).ToHashSet(StringComparer.Ordinal);

    private static string[] Rows(string page)
    {
        var lines = page.Split('\n').Select(line => line.Trim()).ToArray();
        return [.. lines.Where((line, i) => line.StartsWith('|')
            && !Separator().IsMatch(line)
            && !(i + 1 < lines.Length && Separator().IsMatch(lines[i + 1])))];
    }

    private static string LastCell(string row) => row.TrimEnd('|').Split(" | ")[^1].Trim();

    private static IEnumerable<string> Compiled() => typeof(SecurityPageTests).Assembly.GetTypes().SelectMany(type => type
        .GetMethods()
        .Where(method => method.IsDefined(typeof(FactAttribute)))
        .Select(method => $"{type.Name}.{method.Name}"));

    // This project does not reference the assembly of the end-to-end tests.
    private static IEnumerable<string> EndToEnd() => Directory
        .GetFiles(Path.Combine(Repository.Root, "test", "AspNet.Security.OAuth.Binance.EndToEndTests"), "*Tests.cs", SearchOption.AllDirectories)
        .SelectMany(file => Test().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}"));

    [GeneratedRegex("^[|: -]+$")]
    private static partial Regex Separator();

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\n]*\]\s+(?:\[[^\n]*\]\s+)*public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Test();
}
