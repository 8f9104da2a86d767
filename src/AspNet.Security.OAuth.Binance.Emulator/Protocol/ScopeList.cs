using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Scopes joined by commas (W1), not by the blanks of RFC 6749 section 3.3.</summary>
internal static class ScopeList
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<string>? scopes)
    {
        var names = text.Split(',');
        scopes = names.All(IsScope) && names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : null;
        return scopes is not null;
    }

    // RFC 6749's scope-token: printable ASCII without the quotation mark and the backslash.
    private static bool IsScope(string name) => name.Length > 0 && name.All(c => c is > ' ' and <= '~' and not ('"' or '\\'));
}
