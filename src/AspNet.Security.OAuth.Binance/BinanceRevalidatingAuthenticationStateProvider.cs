using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Signs the user of a Blazor circuit out when the session on the server has ended, within <see cref="RevalidationInterval"/>. An application with
/// <c>AddBinanceServerSessions</c> registers it: <c>AddScoped&lt;AuthenticationStateProvider, BinanceRevalidatingAuthenticationStateProvider&gt;()</c>.
/// </summary>
/// <param name="loggerFactory">Creates the loggers.</param>
/// <param name="sessions">The sessions on the server.</param>
public class BinanceRevalidatingAuthenticationStateProvider(ILoggerFactory loggerFactory, BinanceSessions sessions)
    : RevalidatingServerAuthenticationStateProvider(loggerFactory)
{
    /// <summary>
    /// Gets the time between two checks of the session.
    /// </summary>
    /// <value>30 seconds.</value>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    /// <summary>
    /// Checks whether the session is live. While the cache is unavailable the user stays signed in, as does a user without a session on the server.
    /// </summary>
    /// <param name="authenticationState">The user of the circuit.</param>
    /// <param name="cancellationToken">Cancelled when the circuit ends.</param>
    /// <returns><see langword="false"/> if the session has ended.</returns>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authenticationState);
        if (sessions.GetId(authenticationState.User) is null)
        {
            return true;
        }

        try
        {
            return await sessions.IsLiveAsync(authenticationState.User, cancellationToken);
        }
        catch (BinanceAuthenticationException)
        {
            // The base class would sign the user out.
            return true;
        }
    }
}
