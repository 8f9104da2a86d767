using System.Security.Claims;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// In whose name the code runs where there is no request: in a Blazor circuit, or a method of a hub. It flows as the request of
/// <see cref="Microsoft.AspNetCore.Http.IHttpContextAccessor"/> does. That request is there as well, or not, depending on the transport, and
/// is the one that began the connection.
/// </summary>
/// <param name="find">Finds the user as it is at that moment.</param>
internal sealed class CallingUser(Func<Task<ClaimsPrincipal>> find)
{
    private static readonly AsyncLocal<CallingUser?> _current = new();

    public static CallingUser? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>Returns the user as it is now.</summary>
    public Task<ClaimsPrincipal> GetAsync() => find();
}
