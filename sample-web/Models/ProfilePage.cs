namespace SampleWeb.Models;

/// <summary>
/// What <c>/profile</c> shows.
/// </summary>
/// <param name="User">The user.</param>
/// <param name="Scopes">The permissions that this site asks for.</param>
/// <param name="Now">The time at which the page was made.</param>
public sealed record ProfilePage(SignedInUser User, IReadOnlyCollection<string> Scopes, DateTimeOffset Now);
