using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>A heading and the text below it.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Explanation">The text.</param>
/// <param name="Known">The heading of the accepted values, if the page lists them.</param>
internal sealed record PageText(string Title, string Explanation, string? Known = null);

/// <summary>The texts of the pages of a sign-in in one language.</summary>
/// <param name="Language">The language, as HTML's <c>lang</c> names it.</param>
internal sealed partial record PageWords(string Language)
{
    public required string NotBinance { get; init; }

    public required string NoPassword { get; init; }

    public required string Skip { get; init; }

    public required string Status { get; init; }

    public required string NotAffiliated { get; init; }

    /// <summary>Gets the text after the name of the application.</summary>
    public required string WantsAccess { get; init; }

    public required string Permissions { get; init; }

    public required string ChooseAccount { get; init; }

    public required string NoEmail { get; init; }

    public required string NoAccounts { get; init; }

    public required string Authorize { get; init; }

    public required string Cancel { get; init; }

    /// <summary>Gets the text before the address of the application.</summary>
    public required string Return { get; init; }

    public required PageText Used { get; init; }

    public required PageText Over { get; init; }

    public required string ShowAgain { get; init; }

    /// <summary>Gets the page of a denial without a redirect. Its text follows the name of the application.</summary>
    public required PageText Denied { get; init; }

    public required IReadOnlyDictionary<ProblemKind, PageText> Problems { get; init; }

    /// <summary>Gets the description of each scope (W9). The descriptions are the emulator's own, because Binance documents none.</summary>
    public required IReadOnlyDictionary<string, string> Scopes { get; init; }

    /// <summary>Returns the texts in the language of the address (W1); English for an address without a language, and for a language without texts.</summary>
    public static PageWords For(EmulatorCall call)
        => call.Path.AsSpan(call.Prefix.Length).StartsWith("/tr/", StringComparison.Ordinal) ? Turkish : English;
}
