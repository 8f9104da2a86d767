using System.Security.Claims;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// The user on whose behalf code runs outside of a request: in a Blazor circuit, or a method of a hub. It flows with the execution context, as the request of
/// <see cref="Microsoft.AspNetCore.Http.IHttpContextAccessor"/> does. Depending on the transport that request may exist as well, and
/// is then the one that began the connection.
/// </summary>
/// <param name="find">Returns the current user.</param>
internal sealed class CallingUser(Func<Task<ClaimsPrincipal>> find)
{
    private static readonly AsyncLocal<CallingUser?> _current = new();

    public static CallingUser? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>Returns the current user.</summary>
    public Task<ClaimsPrincipal> GetAsync() => find();
}
