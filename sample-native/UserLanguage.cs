using System.Globalization;
using System.Runtime.InteropServices;

namespace SampleNative;

/// <summary>
/// The language of the user. .NET does not read it from the system in a program that needs no ICU (<c>InvariantGlobalization</c>).
/// </summary>
internal static class UserLanguage
{
    // Of a Windows language identifier: the primary language, and its value for Turkish.
    private const int PrimaryLanguage = 0x3FF;
    private const int PrimaryLanguageTurkish = 0x1F;

    // POSIX: the first of them that is set decides. Its value is like tr_TR.UTF-8.
    private static readonly string[] _variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary>Sets <see cref="CultureInfo.CurrentUICulture"/> to English or Turkish.</summary>
    public static void Apply()
    {
        var isTurkish = OperatingSystem.IsWindows() ? (GetUserDefaultUILanguage() & PrimaryLanguage) is PrimaryLanguageTurkish : Locale().StartsWith("tr", StringComparison.Ordinal);
        CultureInfo.CurrentUICulture = new CultureInfo(isTurkish ? "tr" : "en");
    }

    private static string Locale()
        => _variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 }) ?? "";

    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern ushort GetUserDefaultUILanguage();
}
