using AspNet.Security.OAuth.Binance;

namespace SampleWeb.Models;

/// <summary>
/// The model of <c>/profile</c>.
/// </summary>
/// <param name="User">The user.</param>
/// <param name="Scopes">The permissions that this site requests.</param>
/// <param name="Now">The time at which the page was made.</param>
public sealed record ProfilePage(SignedInUser User, IReadOnlyCollection<string> Scopes, DateTimeOffset Now)
{
    /// <summary>
    /// The user's sessions, the newest first, where this site keeps them on the server.
    /// </summary>
    public IReadOnlyList<BinanceSessionInfo>? Sessions { get; init; }

    /// <summary>
    /// The id of the one that this page was opened with.
    /// </summary>
    public string? CurrentSession { get; init; }
}
