namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// docs/blazor.md has the files of the Blazor site, which the end-to-end tests drive with a browser.
/// </summary>
public sealed class BlazorPageTests
{
    private static readonly SiteOnPage _site = new(
        Repository.Read("docs/blazor.md"), "test/AspNet.Security.OAuth.Binance.BlazorSite", "Components/Pages/Error.razor", "Components/Pages/NotFound.razor");

    public static TheoryData<string> Files => [.. _site.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_on_the_page_is_that_of_the_site(string file) => _site.AssertIsThatOfTheSite(file);

    [Fact]
    public void Page_has_all_files_of_the_site_and_no_other_code()
    {
        _site.AssertHasAllFiles(".cs", ".razor");
        Assert.Equal(_site.Files.Count, _site.CodeBlocks);
    }
}
