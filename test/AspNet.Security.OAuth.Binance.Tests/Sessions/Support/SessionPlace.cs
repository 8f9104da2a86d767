
namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// Where a site keeps its sessions.
/// </summary>
public enum SessionPlace
{
    /// <summary>In their cookies.</summary>
    Cookie,

    /// <summary>In an <see cref="Microsoft.AspNetCore.Authentication.Cookies.ITicketStore"/> of the application's own.</summary>
    TicketStore,

    /// <summary>On the server, by <c>AddBinanceServerSessions</c>.</summary>
    Server,
}

/// <summary>
/// The places, as data of theories.
/// </summary>
public static class SessionPlaces
{
    public static TheoryData<SessionPlace> All => [.. Enum.GetValues<SessionPlace>()];

    /// <summary>The places in which a cookie holds a key.</summary>
    public static TheoryData<SessionPlace> Stored => [SessionPlace.TicketStore, SessionPlace.Server];
}
