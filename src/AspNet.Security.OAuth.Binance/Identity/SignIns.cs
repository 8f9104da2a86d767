using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>One sign-in whose tokens are kept.</summary>
/// <param name="Scheme">The Binance scheme.</param>
/// <param name="Id">The id of the external ticket's session.</param>
/// <param name="UserId">The id of the user whose tokens they are.</param>
internal readonly record struct SignIn(string Scheme, string Id, string UserId);

/// <summary>
/// The sign-ins of a session of the application's cookie: an item of its ticket, which is kept when Identity renews the principal, and when an
/// administrator impersonates another user.
/// </summary>
internal static class SignIns
{
    private const string Item = ".binance.sign-ins";

    // Bounds the cookie. The oldest sign-ins are dropped from it, and stay in the user's list.
    private const int Most = 8;

    /// <summary>Returns a value indicating whether a session has any. Hot path.</summary>
    public static bool IsMarked(AuthenticationProperties properties) => properties.Items.ContainsKey(Item);

    /// <summary>Returns the sign-ins, the newest first.</summary>
    /// <param name="properties">The properties of the ticket.</param>
    /// <param name="userId">The id of the ticket's user, which is the default of its sign-ins.</param>
    public static IEnumerable<SignIn> Of(AuthenticationProperties properties, string userId)
        => properties.GetString(Item) is { } value
            ? value.Split('\n').Select(static line => line.Split('\t')).Where(static parts => parts.Length is 2 or 3)
                .Select(parts => new SignIn(parts[1], parts[0], parts.Length == 3 ? parts[2] : userId))
            : [];

    /// <summary>Writes the sign-ins, the newest first.</summary>
    /// <param name="properties">The properties of the ticket.</param>
    /// <param name="userId">The id of the ticket's user.</param>
    /// <param name="signIns">The sign-ins.</param>
    public static void Write(AuthenticationProperties properties, string userId, IEnumerable<SignIn> signIns)
    {
        var value = string.Join('\n', signIns.Distinct().Take(Most).Select(
            signIn => signIn.UserId == userId ? $"{signIn.Id}\t{signIn.Scheme}" : $"{signIn.Id}\t{signIn.Scheme}\t{signIn.UserId}"));
        if (value.Length > 0)
        {
            properties.Items[Item] = value;
        }
        else
        {
            properties.Items.Remove(Item);
        }
    }
}
