using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// The login that the external cookie holds, until Identity's pages complete the sign-in.
/// </summary>
/// <param name="Ticket">The ticket of the external cookie.</param>
/// <param name="Id">The id of its session, which becomes the id of the sign-in, so that a repeated request does not make a second one.</param>
/// <param name="Issued">The Binance scheme that issued it.</param>
internal sealed record ExternalLogin(AuthenticationTicket Ticket, string Id, IssuedTicket Issued)
{
    /// <summary>Gets the provider of the login, which is the scheme unless the application sets another one.</summary>
    public string Provider { get; } = Ticket.Properties.GetString(FrameworkNames.LoginProviderItem) ?? Issued.Scheme;

    /// <summary>Gets the tokens.</summary>
    public BinanceTokens? Tokens => StoredTokens.From(Ticket.Properties);

    /// <summary>Finds the user who has this login.</summary>
    public async Task<TUser?> FindUserAsync<TUser>(UserManager<TUser> users)
        where TUser : class
        => Ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } key ? await users.FindByLoginAsync(Provider, key) : null;
}
