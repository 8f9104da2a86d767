namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Removes control characters from the text of a request or a file, because a terminal executes them.</summary>
internal static class Printable
{
    public static string Of(string text) => text.Any(char.IsControl) ? string.Concat(text.Where(character => !char.IsControl(character))) : text;
}
