using System.Globalization;

namespace SampleNative;

/// <summary>
/// The program's texts in the user's language. The English wording stands where the text is used, and is the key of the Turkish one. A dictionary and no
/// resources, because it needs no reflection: the program is also published as native code.
/// </summary>
internal static class Text
{
    public static bool IsTurkish => CultureInfo.CurrentUICulture.Name is "tr";

    /// <summary>Returns a text, with its values: <c>Text.Of($"You sign in at {address}")</c>.</summary>
    public static string Of(FormattableString english)
    {
        var format = IsTurkish && Turkish.Texts.TryGetValue(english.Format, out var turkish) ? turkish : english.Format;
        return string.Format(CultureInfo.InvariantCulture, format, english.GetArguments());
    }
}
