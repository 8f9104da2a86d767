namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Text of a request or a file on its way to a terminal, which would obey its control characters.</summary>
internal static class Printable
{
    public static string Of(string text) => text.Any(char.IsControl) ? string.Concat(text.Where(character => !char.IsControl(character))) : text;
}
