using AspNet.Security.OAuth.Binance.Tests.Documentation;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

/// <summary>
/// <c>test/mutation-equivalents</c>: each of its lines is still in the source. A line that has changed is measured again.
/// </summary>
public sealed class MutationEquivalentsTests
{
    private static readonly string[] _withTheLineBefore = ["{", "return;", "continue;"];

    [Fact]
    public void Each_listed_line_is_in_the_source()
    {
        var listed = File.ReadAllLines(Path.Combine(Repository.Root, "test", "mutation-equivalents")).Where(line => line is not ("" or ['#', ..])).ToArray();
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .ToLookup(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}", Lines);

        Assert.NotEmpty(listed);
        Assert.All(listed, line =>
        {
            var (file, change) = line.Split(": ", 2) is [var first, var rest] ? (first, rest) : ("", line);
            Assert.Contains(sources[file].SelectMany(lines => lines), source => change.StartsWith($"{source} → ", StringComparison.Ordinal));
        });
    }

    // As test/mutation-score writes them.
    private static string[] Lines(string file)
    {
        var lines = Array.ConvertAll(File.ReadAllLines(file), line => line.Trim());
        for (var i = 1; i < lines.Length; i++)
        {
            lines[i] = _withTheLineBefore.Contains(lines[i]) ? $"{lines[i - 1]} {lines[i]}" : lines[i];
        }

        return lines;
    }
}
