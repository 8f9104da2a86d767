using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// CONTRIBUTING.md leads through the files of a request. They exist.
/// </summary>
public sealed partial class ContributingTests
{
    private static readonly string _page = Repository.Read("CONTRIBUTING.md");

    [Theory]
    [InlineData("sign-in")]
    [InlineData("refresh")]
    [InlineData("sign-out")]
    [InlineData("session on the server")]
    [InlineData("a call with the user's token")]
    [InlineData("the mapped endpoints")]
    [InlineData("native sign-in")]
    [InlineData("native tokens")]
    public void Files_of_a_request_flow_exist(string flow)
    {
        var files = SourceFile().Matches(Section(flow)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Path.Exists(Path.Combine(Repository.Root, "src", PathOf(file))), $"There is no {file}."));
    }

    [Fact]
    public void Flow_of_a_refresh_is_ten_files_at_most()
        => Assert.InRange(Step().Count(Section("refresh")), 1, 10);

    [Fact]
    public void Folders_of_the_packages_are_those_of_the_tables()
    {
        string[] packages = ["AspNet.Security.OAuth.Binance", "AspNet.Security.OAuth.Binance.Emulator", "AspNet.Security.OAuth.Binance.Native"];
        var folders = packages
            .SelectMany(package => Directory.GetDirectories(Path.Combine(Repository.Root, "src", package)))
            .Select(Path.GetFileName)
            .Where(folder => folder is not ("bin" or "obj"));

        Assert.Equal(folders.Order(), Folder().Matches(_page).Select(match => match.Groups[1].Value).Order());
    }

    private static string Section(string flow)
        => Regex.Match(_page, $@"^### Request flow: {flow}\n.*?(?=^##)", RegexOptions.Singleline | RegexOptions.Multiline).Value;

    private static string PathOf(string file)
        => file.Split('/')[0] is "Client" or "Native" ? $"AspNet.Security.OAuth.Binance.{file}" : $"AspNet.Security.OAuth.Binance/{file}";

    [GeneratedRegex(@"`([\w/]+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\d+\. ", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"^\| `([A-Z]\w+)/` \|", RegexOptions.Multiline)]
    private static partial Regex Folder();
}
