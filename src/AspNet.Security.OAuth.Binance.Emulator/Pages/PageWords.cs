using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>A heading, and what is below it.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Explanation">The sentences.</param>
/// <param name="Known">The heading of the values that are accepted, where there are some.</param>
internal sealed record PageText(string Title, string Explanation, string? Known = null);

/// <summary>The words of the pages that a user sees in a sign-in, in one language.</summary>
/// <param name="Language">The language, as HTML's <c>lang</c> names it.</param>
internal sealed partial record PageWords(string Language)
{
    public required string NotBinance { get; init; }

    public required string NoPassword { get; init; }

    public required string Skip { get; init; }

    public required string Status { get; init; }

    public required string NotAffiliated { get; init; }

    /// <summary>Gets what follows the name of an application that requests access.</summary>
    public required string WantsAccess { get; init; }

    public required string Permissions { get; init; }

    public required string ChooseAccount { get; init; }

    public required string NoEmail { get; init; }

    public required string NoAccounts { get; init; }

    public required string Authorize { get; init; }

    public required string Cancel { get; init; }

    /// <summary>Gets what precedes the address of the application.</summary>
    public required string Return { get; init; }

    public required PageText Used { get; init; }

    public required PageText Over { get; init; }

    public required string ShowAgain { get; init; }

    /// <summary>Gets the page of a refusal that does not redirect. Its sentences follow the name of the application.</summary>
    public required PageText Denied { get; init; }

    public required IReadOnlyDictionary<ProblemKind, PageText> Problems { get; init; }

    /// <summary>Gets what each scope lets an application do. The names are W9's; the words are the emulator's, because Binance documents none.</summary>
    public required IReadOnlyDictionary<string, string> Scopes { get; init; }

    /// <summary>The words of the language that the address names (W1); English for a language that has none here, and for an address without one.</summary>
    public static PageWords For(EmulatorCall call)
        => call.Path.AsSpan(call.Prefix.Length).StartsWith("/tr/", StringComparison.Ordinal) ? Turkish : English;
}
