using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The table of pictures in the README.
/// </summary>
public sealed partial class ReadmePictureTests
{
    [Theory]
    [InlineData("home", "start page")]
    [InlineData("consent", "consent page")]
    [InlineData("profile", "profile")]
    [InlineData("emulator", "emulator's own page")]
    public void Cell_above_a_picture_names_it(string picture, string label)
    {
        // Without the line below the head.
        var rows = Repository.Read("README.md").Split('\n')
            .Where(line => line.StartsWith('|') && !Separator().IsMatch(line))
            .Select(line => line.Trim('|').Split('|'))
            .ToArray();
        var row = Array.FindIndex(rows, cells => cells.Any(cell => cell.Contains($"docs/images/{picture}.png", StringComparison.Ordinal)));
        var column = Array.FindIndex(rows[row], cell => cell.Contains($"docs/images/{picture}.png", StringComparison.Ordinal));

        Assert.Contains(label, rows[row - 1][column], StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^[|\s:-]+$")]
    private static partial Regex Separator();
}
