namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A request that is refused without a redirect (RFC 6749 section 4.1.2.1), in words for the developer.</summary>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Explanation">What is wrong, in sentences.</param>
/// <param name="GivenTitle">The heading of <paramref name="Given"/>.</param>
/// <param name="Given">The value in the request.</param>
/// <param name="KnownTitle">The heading of <paramref name="Known"/>.</param>
/// <param name="Known">The values that are accepted.</param>
internal sealed record Problem(
    string Title,
    string Explanation,
    string? GivenTitle = null,
    string? Given = null,
    string? KnownTitle = null,
    IReadOnlyList<string>? Known = null);
