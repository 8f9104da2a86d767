using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/identity.md has the files of the site with ASP.NET Core Identity, which the end-to-end tests drive with a browser.
/// </summary>
public sealed partial class IdentityPageTests
{
    private const string Folder = "test/AspNet.Security.OAuth.Binance.IdentitySite";

    private static readonly string _page = Repository.Read("docs/identity.md");

    private static readonly SiteOnPage _site = new(
        _page, Folder, "Areas/Identity/Pages/_ViewStart.cshtml", "Pages/Error.cshtml", "Pages/_ViewImports.cshtml", "Pages/_ViewStart.cshtml");

    public static TheoryData<string> Files => [.. _site.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_on_the_page_is_that_of_the_site(string file) => _site.AssertIsThatOfTheSite(file);

    [Fact]
    public void Page_has_all_files_of_the_site() => _site.AssertHasAllFiles(".cs", ".cshtml");

    /// <summary>The first block is what of it belongs to Binance.</summary>
    [Fact]
    public void All_other_code_is_the_beginning_whose_calls_are_those_of_the_site()
    {
        Assert.Equal(_site.Files.Count + 1, _site.CodeBlocks);

        var program = Repository.Read($"{Folder}/Program.cs");
        var calls = Call().Matches(Repository.CSharpBlocks(_page).First()).Select(match => match.Value).ToArray();
        Assert.Contains("AddBinanceTokens(", calls);
        Assert.All(calls, call => Assert.Contains(call, program, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\bAdd\w+(?:<\w+>)?\(")]
    private static partial Regex Call();
}
