using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>One sign-in whose tokens are kept.</summary>
/// <param name="Scheme">The Binance scheme.</param>
/// <param name="Id">The id of the external ticket's session.</param>
/// <param name="UserId">The id of the user whose tokens they are.</param>
internal readonly record struct SignIn(string Scheme, string Id, string UserId);

/// <summary>
/// The sign-ins that a session of the application's cookie brought: an item of its ticket, which stays when Identity renews the principal. An
/// administrator who acts as another user comes back to their own.
/// </summary>
internal static class SignIns
{
    private const string Item = ".binance.sign-ins";

    // A cookie does not grow for ever. What falls out is one of the user's other sign-ins.
    private const int Most = 8;

    /// <summary>Returns a value indicating whether a session brought any. Hot path.</summary>
    public static bool IsMarked(AuthenticationProperties properties) => properties.Items.ContainsKey(Item);

    /// <summary>Returns the sign-ins, the newest first.</summary>
    /// <param name="properties">The properties of the ticket.</param>
    /// <param name="userId">The id of the ticket's user, whose sign-ins do not name it.</param>
    public static IEnumerable<SignIn> Of(AuthenticationProperties properties, string userId)
        => properties.Items.TryGetValue(Item, out var value) && value is not null
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
