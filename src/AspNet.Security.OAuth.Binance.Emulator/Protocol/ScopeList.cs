using System.Diagnostics.CodeAnalysis;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Scopes joined by commas (W1), not by the blanks of RFC 6749 section 3.3.</summary>
internal static class ScopeList
{
    public const string Rule = "The scope must be a list separated by commas, without blanks and repetitions.";
    public const string Example = "user:openId,user:email";

    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<string>? scopes)
    {
        var names = text.Split(',');
        scopes = names.All(Grant.IsScope) && names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : null;
        return scopes is not null;
    }
}
