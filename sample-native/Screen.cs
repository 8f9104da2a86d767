namespace SampleNative;

/// <summary>
/// Writes to the terminal: within 80 columns, no other characters than the language needs, and in color where the terminal supports it.
/// </summary>
internal static class Screen
{
    public const ConsoleColor Success = ConsoleColor.DarkGreen;
    public const ConsoleColor Failure = ConsoleColor.DarkRed;
    public const ConsoleColor Highlight = ConsoleColor.DarkCyan;

    private const int Columns = 79;

    // https://no-color.org. Redirected output is plain, too.
    private static readonly bool _isInColor = !Console.IsOutputRedirected
        && Environment.GetEnvironmentVariable("TERM") is not "dumb"
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes lines, of which those that are too long are wrapped between words.</summary>
    public static void Write(string text = "", ConsoleColor? color = null) => Write(Console.Out, text, color);

    /// <summary>Writes a name and a value that come from Binance: without control characters, which a terminal would interpret.</summary>
    public static void Field(string name, string value)
        => Write($"  {name,-14}{string.Concat(value.Where(character => !char.IsControl(character)))}");

    /// <summary>Writes to the standard error.</summary>
    public static void Error(string text)
    {
        Console.Out.Flush();
        Write(Console.Error, text, Console.IsErrorRedirected ? null : Failure);
    }

    private static void Write(TextWriter output, string text, ConsoleColor? color)
    {
        if (_isInColor && color is { } chosen)
        {
            Console.ForegroundColor = chosen;
        }

        foreach (var line in text.Split('\n').SelectMany(Wrap))
        {
            output.WriteLine(line);
        }

        if (_isInColor && color is not null)
        {
            Console.ResetColor();
        }
    }

    private static IEnumerable<string> Wrap(string text)
    {
        var rest = text.TrimEnd('\r');
        while (rest.Length > Columns && rest.LastIndexOf(' ', Columns) is var end && end > rest.Length - rest.TrimStart().Length)
        {
            yield return rest[..end];
            rest = rest[(end + 1)..];
        }

        yield return rest;
    }
}
